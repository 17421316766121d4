import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Logger } from '../../log.ts';
import type { Kubeconfig } from '../kubeconfig.ts';
import { connectionFault, deadlineFault } from './connection-fault.ts';
import { KubernetesError } from './kubernetes-error.ts';
import { refusal } from './refusal.ts';

/** One request of a Kubernetes API. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** What a call is for, as the start of a sentence (`Listing the nodes`), and how it is given up. */
export interface Call {
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
}

export interface TransportOptions {
  readonly log: Logger;
  /** Time for one call, from the connection to the last byte. */
  readonly deadlineMs: number;
}

/** Pages of lists have some megabytes at most; whoever answers more is no API of ours. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Sends requests over TLS, which goes by the kubeconfig alone: its authority instead of the system's, its certificate as
 * the user. Settings of the environment that would switch off the check of the server (NODE_TLS_REJECT_UNAUTHORIZED) do
 * not count.
 */
export class Transport {
  readonly #agent: Agent;
  readonly #log: Logger;
  readonly #deadlineMs: number;

  constructor({ ca, certificate, key }: Kubeconfig, { log, deadlineMs }: TransportOptions) {
    const tls = { ca, cert: certificate, key: key.reveal(), rejectUnauthorized: true };
    this.#agent = new Agent({ ...tls, keepAlive: true });
    this.#log = log;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * The answer, if it is a success.
   *
   * @throws KubernetesError when it is none or does not come; the signal's reason when the caller gave up.
   */
  async send(asked: Request, { doing, signal }: Call): Promise<Answer> {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(this.#deadlineMs);
    const startedAt = performance.now();
    try {
      const answer = await this.#exchange(asked, AbortSignal.any(signal ? [signal, deadline] : [deadline]));
      this.#note(asked, startedAt, { status: answer.status });
      if (answer.status >= 300) throw refusal(doing, asked, answer);
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.aborted) throw deadlineFault(doing, asked, this.#deadlineMs);
      throw error instanceof KubernetesError ? error : connectionFault(doing, asked, error);
    }
  }

  /** Ends what is still under way. */
  close(): void {
    this.#agent.destroy();
  }

  /** By node:https and not by undici, whose signals wait for a connection that is being made. */
  async #exchange({ method, url, headers, body = '' }: Request, signal: AbortSignal): Promise<Answer> {
    const sent = request(url, { agent: this.#agent, method, headers, signal }).end(body);
    sent.on('error', () => undefined); // what comes after the response is an error of the response, too
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { statusCode = 0, headers: received } = response;
    return { status: statusCode, contentType: received['content-type'] ?? '', text: await textOf(response) };
  }

  /** One line for each answer, without the query, as everywhere. */
  #note({ method, url }: Request, startedAt: number, about: { status: number }): void {
    const ms = Math.round(performance.now() - startedAt);
    this.#log.debug({ method, address: url.host, path: url.pathname, ms, ...about }, 'asked Kubernetes');
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
