import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import type { OpenStackError, OpenStackErrorContext } from '../errors.ts';
import type { Logger } from '../log.ts';
import { connectionFault, deadlineFault } from './fault.ts';
import { pause, type RetryPolicy, retryAfterMs, waitBeforeRetry } from './retry.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One exchange with a service, before anything is known of tokens. */
export interface Exchange {
  /** What is being done, as the start of a sentence: `Creating the Heat stack demo`. */
  doing: string;
  context: OpenStackErrorContext & { method: Method };
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** A text, or a factory that starts the content anew for every attempt. */
  body?: string | (() => Readable) | undefined;
  /** Whether sending it twice is the same as sending it once. */
  repeatable: boolean;
  /** Hands a success over as a stream instead of reading it. */
  streamed: boolean;
  deadlineMs: number;
  signal?: AbortSignal | undefined;
}

/** What a service answered. */
export interface Answer {
  status: number;
  /** Names in lower case; a header that came twice is joined by a comma. */
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
  /** Only for a streamed exchange that succeeded. */
  stream?: Readable;
}

/** How connections are made. */
export interface TransportOptions {
  ca?: string | undefined;
  verify: boolean;
  retry: RetryPolicy;
  log: Logger;
}

const connectTimeoutMs = 10_000;

/** Statuses after which the identical request may well succeed. Not 500: that is mostly a fault in the service itself. */
const transientStatuses = new Set([429, 502, 503, 504]);

/**
 * Sends requests and repeats those that may be repeated. Others travel on a connection of their own: a kept connection
 * may be closed by the service at the very moment it is used again, and nobody could say whether the request arrived.
 */
export class Transport {
  readonly #kept: Agent;
  readonly #fresh: Agent;
  readonly #retry: RetryPolicy;
  readonly #log: Logger;

  constructor({ ca, verify, retry, log }: TransportOptions) {
    const connect = { timeout: connectTimeoutMs, rejectUnauthorized: verify, ...(ca === undefined ? {} : { ca }) };
    this.#kept = new Agent({ connect });
    this.#fresh = new Agent({ connect, pipelining: 0 });
    this.#retry = retry;
    this.#log = log;
  }

  /**
   * The answer, whatever its status.
   *
   * @throws OpenStackError without a status when no answer came; the signal's reason when the caller gave up.
   */
  async send(exchange: Exchange): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(exchange);
      const wait = exchange.repeatable ? this.#waitAfter(outcome, attempt) : undefined;
      if (wait === undefined) return settle(outcome);
      this.#log.debug({ ...exchange.context, attempt, wait, ...describe(outcome) }, 'repeating an OpenStack request');
      await pause(wait, exchange.signal);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#kept.destroy(), this.#fresh.destroy()]);
  }

  #waitAfter(outcome: Outcome, attempt: number): number | undefined {
    if ('fault' in outcome) {
      return outcome.fault.retryable ? waitBeforeRetry(this.#retry, attempt, undefined) : undefined;
    }
    const { status, headers } = outcome.answer;
    if (!transientStatuses.has(status)) return undefined;
    return waitBeforeRetry(this.#retry, attempt, retryAfterMs(headers['retry-after']));
  }

  /** One try. A missing answer is an outcome; a caller who gave up and content that broke off are thrown. */
  async #attempt(exchange: Exchange): Promise<Outcome> {
    exchange.signal?.throwIfAborted();
    const limit = new Limit(exchange);
    const content = new Content(exchange.body);
    try {
      const response = await request(exchange.url, {
        dispatcher: exchange.repeatable ? this.#kept : this.#fresh,
        method: exchange.context.method,
        headers: exchange.headers,
        body: content.body,
        signal: limit.signal,
        headersTimeout: exchange.deadlineMs,
        bodyTimeout: exchange.deadlineMs,
      });
      return { answer: await read(exchange, response, limit) };
    } catch (error) {
      exchange.signal?.throwIfAborted();
      content.throwIfBroken();
      return { fault: limit.passed ? limit.fault() : faultOf(exchange, error) };
    } finally {
      content.discard();
      limit.settle();
    }
  }
}

type Outcome = { answer: Answer } | { fault: OpenStackError };

function settle(outcome: Outcome): Answer {
  if ('fault' in outcome) throw outcome.fault;
  return outcome.answer;
}

function describe(outcome: Outcome): object {
  return 'fault' in outcome ? { reason: outcome.fault.message } : { status: outcome.answer.status };
}

function faultOf({ doing, context, url }: Exchange, error: unknown): OpenStackError {
  return connectionFault(doing, context, url, error);
}

async function read(exchange: Exchange, response: Dispatcher.ResponseData, limit: Limit): Promise<Answer> {
  const status = response.statusCode;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (exchange.streamed && status < 300) {
    limit.handOver();
    return { status, headers, text: '', stream: response.body };
  }
  return { status, headers, text: await response.body.text() };
}

/**
 * The time that an exchange may take and the caller's own signal, as one signal. Content that is sent as a stream takes
 * as long as it takes: only the answer behind it is limited then, by the HTTP client.
 */
class Limit {
  readonly #exchange: Exchange;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => this.#controller.abort(this.#exchange.signal?.reason);
  #handedOver = false;
  passed = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.signal?.addEventListener('abort', this.#onAbort);
    if (typeof exchange.body === 'function') return;
    this.#timer = setTimeout(() => {
      this.passed = true;
      this.#controller.abort();
    }, exchange.deadlineMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  fault(): OpenStackError {
    const { doing, context, url, deadlineMs } = this.#exchange;
    return deadlineFault(doing, context, url, deadlineMs);
  }

  /** From here on the caller reads a stream, which its own signal goes on governing. */
  handOver(): void {
    this.#handedOver = true;
  }

  settle(): void {
    clearTimeout(this.#timer);
    if (!this.#handedOver) this.#exchange.signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** The content of one attempt; remembers whether it broke off by itself, which is no fault of the service. */
class Content {
  readonly body: string | Readable | null;
  #broken: { error: Error } | undefined;

  constructor(body: Exchange['body']) {
    this.body = typeof body === 'function' ? body() : (body ?? null);
    if (this.body !== null && typeof this.body !== 'string') {
      this.body.on('error', (error) => {
        this.#broken ??= { error };
      });
    }
  }

  throwIfBroken(): void {
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  discard(): void {
    if (this.body !== null && typeof this.body !== 'string') this.body.destroy();
  }
}
