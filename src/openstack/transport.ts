import { PassThrough, type Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import type { OpenStackError, OpenStackErrorContext } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type ConnectionOptions, Connections, type Way } from './connections.ts';
import { Content } from './content.ts';
import { connectionFault, deadlineFault } from './fault.ts';
import { newRequestId, requestIdHeader, requestIdOf } from './request-id.ts';
import { pause, type RetryPolicy, retryAfterMs, waitBeforeRetry } from './retry.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One exchange with a service, before anything is known of tokens. */
export interface Exchange {
  /** What is being done, as the start of a sentence: `Creating the Heat stack demo`. */
  doing: string;
  context: OpenStackErrorContext & { method: Method };
  url: URL;
  headers: Readonly<Record<string, string>>;
  /**
   * Headers for the next attempt after one that got no answer although content was on its way. A service that refuses a
   * token while content still comes cuts the connection, and its answer may be lost with it.
   */
  renewedHeaders?: (() => Promise<Readonly<Record<string, string>>>) | undefined;
  /** A text, or a factory that starts the content anew for every attempt. */
  body?: string | (() => Readable) | undefined;
  /** Whether sending it twice is the same as sending it once. */
  repeatable: boolean;
  /** Hands a success over as a stream instead of reading it. */
  streamed: boolean;
  /** Time for one attempt; for content in either direction, the time in which nothing moves. */
  deadlineMs: number;
  signal?: AbortSignal | undefined;
}

/** What a service answered. */
export interface Answer {
  status: number;
  /** Names in lower case; a header that came twice is joined by a comma. */
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
  /** The request id that was sent along, under which the service's log knows the request as well. */
  sentRequestId: string;
  /** Only for a streamed exchange that succeeded. */
  stream?: Readable;
}

/** How connections are made. */
export interface TransportOptions extends ConnectionOptions {
  retry: RetryPolicy;
  log: Logger;
}

/** Statuses after which the identical request may well succeed: a limit of requests, or a service that stumbled. */
const transientStatuses = new Set([408, 429, 500, 502, 503, 504]);

const defaultOverallMs = 180_000;

/** Sends requests and repeats those that may be repeated. */
export class Transport {
  readonly #connections: Connections;
  readonly #retry: RetryPolicy;
  readonly #log: Logger;

  constructor({ retry, log, ...connections }: TransportOptions) {
    this.#connections = new Connections(connections);
    this.#retry = retry;
    this.#log = log;
  }

  /**
   * The answer, whatever its status.
   *
   * @throws OpenStackError without a status when no answer came; the signal's reason when the caller gave up.
   */
  async send(asked: Exchange): Promise<Answer> {
    const requestId = newRequestId();
    const deadlineMs = Math.min(asked.deadlineMs, this.#retry.longestCallMs ?? asked.deadlineMs);
    const exchange = { ...asked, deadlineMs };
    const begun = performance.now();
    let { headers } = exchange;
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = performance.now();
      const outcome = await this.#attempt(
        { ...exchange, headers: { ...headers, [requestIdHeader]: requestId } },
        requestId,
      );
      const wait = exchange.repeatable
        ? this.#waitAfter(exchange, outcome, attempt, performance.now() - begun)
        : undefined;
      this.#note(exchange, outcome, { attempt, wait, ms: performance.now() - startedAt, requestId });
      if (wait === undefined) return settle(outcome);
      await pause(wait, exchange.signal);
      if ('fault' in outcome && exchange.renewedHeaders !== undefined) headers = await exchange.renewedHeaders();
    }
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  #waitAfter(exchange: Exchange, outcome: Outcome, attempt: number, elapsedMs: number): number | undefined {
    const wait = this.#waitFor(outcome, attempt);
    // Content of gigabytes may need its time, and is worth another attempt however long the first one took.
    const patient =
      typeof exchange.body === 'function' || elapsedMs + (wait ?? 0) <= (this.#retry.overallMs ?? defaultOverallMs);
    return patient ? wait : undefined;
  }

  #waitFor(outcome: Outcome, attempt: number): number | undefined {
    if ('fault' in outcome) {
      return outcome.fault.retryable ? waitBeforeRetry(this.#retry, attempt, undefined) : undefined;
    }
    const { status, headers } = outcome.answer;
    if (!transientStatuses.has(status)) return undefined;
    return waitBeforeRetry(this.#retry, attempt, retryAfterMs(headers['retry-after']));
  }

  /** One line for each request. The path has no query: a signed URL's query is as good as a password. */
  #note({ context, body }: Exchange, outcome: Outcome, about: Attempt): void {
    const { service, method, path } = context;
    const { attempt, wait, requestId } = about;
    this.#log.debug(
      {
        service,
        method,
        path,
        ms: Math.round(about.ms),
        ...('fault' in outcome
          ? { reason: outcome.fault.message, requestId }
          : {
              status: outcome.answer.status,
              requestId: requestIdOf(outcome.answer.headers),
              globalRequestId: requestId,
            }),
        ...(typeof body === 'function' ? { streamed: true } : {}),
        ...(attempt > 1 ? { attempt } : {}),
        ...(wait === undefined ? {} : { repeatInMs: Math.round(wait) }),
      },
      wait === undefined ? 'asked OpenStack' : 'repeating an OpenStack request',
    );
  }

  /** One try. A missing answer is an outcome; a caller who gave up and content that broke off are thrown. */
  async #attempt(exchange: Exchange, requestId: string): Promise<Outcome> {
    exchange.signal?.throwIfAborted();
    const way = this.#connections.to(exchange.url, exchange.repeatable);
    const limit = new Limit(exchange);
    const content = new Content(exchange.body, () => limit.restart());
    try {
      const response = await request(exchange.url, {
        dispatcher: way.dispatcher,
        method: exchange.context.method,
        headers: exchange.headers,
        body: content.body,
        signal: limit.signal,
        headersTimeout: 0, // the limit sees to it
        bodyTimeout: exchange.deadlineMs,
      });
      return { answer: { ...(await read(exchange, response, limit, way)), sentRequestId: requestId } };
    } catch (error) {
      exchange.signal?.throwIfAborted();
      content.throwIfBroken();
      return { fault: limit.passed ? limit.fault(content, requestId) : faultOf(exchange, way, error) };
    } finally {
      content.discard();
      limit.settle();
    }
  }
}

interface Attempt {
  attempt: number;
  wait: number | undefined;
  ms: number;
  requestId: string;
}

type Outcome = { answer: Answer } | { fault: OpenStackError };

function settle(outcome: Outcome): Answer {
  if ('fault' in outcome) throw outcome.fault;
  return outcome.answer;
}

function faultOf({ doing, context, url, headers }: Exchange, way: Way, error: unknown): OpenStackError {
  const sent = { ...context, ...sentId(headers[requestIdHeader]) };
  return connectionFault(doing, sent, { address: url, proxy: way.proxy }, error);
}

function sentId(requestId: string | undefined): { requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

async function read(
  exchange: Exchange,
  response: Dispatcher.ResponseData,
  limit: Limit,
  way: Way,
): Promise<Omit<Answer, 'sentRequestId'>> {
  const status = response.statusCode;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (exchange.streamed && status < 300) {
    return { status, headers, text: '', stream: handOver(exchange, response.body, limit, way) };
  }
  return { status, headers, text: await response.body.text() };
}

/** The content as a stream of its own, whose errors are in the same words as all others. */
function handOver(exchange: Exchange, body: Readable, limit: Limit, way: Way): Readable {
  limit.handOver();
  const content = new PassThrough();
  body.on('error', (error) => {
    content.destroy(exchange.signal?.aborted ? asError(exchange.signal.reason) : faultOf(exchange, way, error));
  });
  content.on('close', () => {
    body.destroy();
    limit.release();
  });
  return body.pipe(content);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/**
 * The time that an exchange may take and the caller's own signal, as one signal. Content that is sent as a stream takes
 * as long as it takes: each piece of it that goes out starts the time anew.
 */
class Limit {
  readonly #exchange: Exchange;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#controller.abort(this.#exchange.signal?.reason);
  #handedOver = false;
  passed = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.signal?.addEventListener('abort', this.#onAbort);
    this.#timer = setTimeout(() => {
      this.passed = true;
      this.#controller.abort();
    }, exchange.deadlineMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something moved. */
  restart(): void {
    if (!this.passed) this.#timer.refresh();
  }

  fault(content: Content, requestId: string): OpenStackError {
    const { doing, context, url, deadlineMs } = this.#exchange;
    return deadlineFault(doing, { ...context, requestId }, url, { deadlineMs, stalled: content.stalled });
  }

  /** From here on the caller reads a stream, which its own signal goes on governing until it is released. */
  handOver(): void {
    this.#handedOver = true;
    clearTimeout(this.#timer);
  }

  release(): void {
    this.#exchange.signal?.removeEventListener('abort', this.#onAbort);
  }

  settle(): void {
    clearTimeout(this.#timer);
    if (!this.#handedOver) this.release();
  }
}
