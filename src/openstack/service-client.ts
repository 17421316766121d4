import type { Readable } from 'node:stream';
import { OpenStackError, UsageError } from '../errors.ts';
import type { Authentication } from './keystone/authentication.ts';
import { pathBelow } from './redirect.ts';
import { refusal } from './refusal.ts';
import { requestIdOf } from './request-id.ts';
import type { ServiceDescription } from './services.ts';
import type { Session } from './session.ts';
import type { Answer, Method, Transport } from './transport.ts';

export type { Answer } from './transport.ts';

/** The parts of a path below the service's endpoint; each is encoded by itself. */
export type Path = readonly string[];

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One call of a service. */
export interface CallOptions {
  /** What is being done, as the start of a sentence: `Creating the Heat stack demo`. It begins every error message. */
  doing: string;
  /** The statuses that mean success; every other is an OpenStackError. */
  ok: readonly number[];
  signal?: AbortSignal | undefined;
  /** Undefined values are left out. */
  query?: Query | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Turns the service's address into another one, for the few things that lie beside it. */
  base?: ((endpoint: string) => string) | undefined;
  /** Sent as JSON. */
  body?: object | undefined;
  /** Sent as it comes. The factory is called again for every attempt, so that each starts at the beginning. */
  stream?: { open: () => Readable; size: number | undefined; contentType: string } | undefined;
  /** Whether sending it twice is the same as sending it once. By default so for GET, HEAD, PUT and DELETE. */
  repeatable?: boolean | undefined;
  /** Time for one attempt; for streams, the time in which nothing moves. */
  deadlineMs?: number | undefined;
}

const defaultDeadlineMs = 60_000;
const mostRedirects = 3;
const repeatableMethods: ReadonlySet<Method> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** Finds out what a service meant by an error; undefined when it meant what it said. */
export type Explain = (error: OpenStackError, options: CallOptions) => Promise<OpenStackError | undefined>;

/** Calls one OpenStack service with the session's token. Knows HTTP and tokens, and nothing of what is called. */
export class ServiceClient {
  readonly service: ServiceDescription;
  readonly #session: Session;
  readonly #transport: Transport;
  readonly #explain: Explain | undefined;

  constructor(service: ServiceDescription, session: Session, transport: Transport, explain?: Explain) {
    this.service = service;
    this.#session = session;
    this.#transport = transport;
    this.#explain = explain;
  }

  /** The service's address in this cloud, without a slash at the end. */
  endpoint(signal?: AbortSignal): Promise<string> {
    return this.#session.endpoint(this.service, signal);
  }

  /** Who the session is: the ids of the user and the project. */
  authentication(signal?: AbortSignal): Promise<Authentication> {
    return this.#session.authentication(signal);
  }

  get<T>(path: Path, options: CallOptions): Promise<T> {
    return this.#json<T>('GET', path, options);
  }

  post<T>(path: Path, options: CallOptions): Promise<T> {
    return this.#json<T>('POST', path, options);
  }

  put<T>(path: Path, options: CallOptions): Promise<T> {
    return this.#json<T>('PUT', path, options);
  }

  /** DELETE. */
  async delete(path: Path, options: CallOptions): Promise<void> {
    await this.call('DELETE', path, options);
  }

  /** Any method; the answer with its headers, and its body as text. */
  call(method: Method, path: Path, options: CallOptions): Promise<Answer> {
    return this.#send(method, path, options, false);
  }

  /** GET whose body is handed over while it comes. The caller reads it to its end or destroys it. */
  async open(path: Path, options: CallOptions): Promise<Answer & { stream: Readable }> {
    const answer = await this.#send('GET', path, options, true);
    if (answer.stream === undefined) throw refusal(options.doing, this.#context('GET', path), answer);
    return { ...answer, stream: answer.stream };
  }

  async #json<T>(method: Method, path: Path, options: CallOptions): Promise<T> {
    const answer = await this.call(method, path, options);
    try {
      return JSON.parse(answer.text);
    } catch (cause) {
      throw new OpenStackError(
        `${options.doing}: ${this.service.name} answered something that is not JSON`,
        {
          ...this.#context(method, path),
          status: answer.status,
          requestId: requestIdOf(answer.headers) ?? answer.sentRequestId,
        },
        { cause, hint: `See what answers at the address of ${this.service.name}: it may be a proxy` },
      );
    }
  }

  async #send(method: Method, path: Path, options: CallOptions, streamed: boolean): Promise<Answer> {
    let answer = await this.#authorized(method, path, options, streamed);
    for (let hops = 0; isRedirect(answer, options) && hops < mostRedirects; hops += 1) {
      answer = await this.#follow(method, path, options, streamed, answer);
    }
    if (options.ok.includes(answer.status)) return answer;
    answer.stream?.destroy();
    const error = refusal(options.doing, this.#context(method, path), answer);
    throw (await this.#explain?.(error, options)) ?? error;
  }

  /** A token that is refused is replaced once; the request was turned away at the door then, so any may go again. */
  async #authorized(method: Method, path: Path, options: CallOptions, streamed: boolean): Promise<Answer> {
    const first = await this.#session.authentication(options.signal);
    const { answer, used } = await this.#exchange(method, path, options, streamed, first);
    if (answer.status !== 401) return answer;
    this.#session.refuse(used);
    const second = await this.#session.authentication(options.signal);
    return (await this.#exchange(method, path, options, streamed, second)).answer;
  }

  /** The same call again, at the path that the service names; the service did nothing but to say where. */
  async #follow(
    method: Method,
    path: Path,
    options: CallOptions,
    streamed: boolean,
    { headers, status, sentRequestId }: Answer,
  ): Promise<Answer> {
    const { base = (endpoint) => endpoint } = options;
    const below = pathBelow(base(await this.endpoint(options.signal)), headers.location);
    if (below === undefined) {
      throw new OpenStackError(
        `${options.doing}: ${this.service.name} says that it is elsewhere, outside of its own address (${status})`,
        { ...this.#context(method, path), status, requestId: requestIdOf(headers) ?? sentRequestId },
        {
          detail: { location: headers.location },
          hint: `See whether the catalog's address of ${this.service.name} is right, or set ${this.service.name.toLowerCase()}_endpoint_override in clouds.yaml`,
          retryable: false,
        },
      );
    }
    const query = { ...options.query, ...Object.fromEntries(new URLSearchParams(below.query)) };
    return this.#authorized(method, below.path, { ...options, query }, streamed);
  }

  async #exchange(
    method: Method,
    path: Path,
    options: CallOptions,
    streamed: boolean,
    authentication: Authentication,
  ): Promise<{ answer: Answer; used: Authentication }> {
    const { doing, body, stream, signal, base = (endpoint) => endpoint } = options;
    let used = authentication;
    const headers = () => ({
      accept: 'application/json',
      ...contentHeaders(options),
      ...options.headers,
      'x-auth-token': used.token.reveal(),
    });
    const answer = await this.#transport.send({
      doing,
      context: { ...this.#context(method, path), method },
      url: urlOf(base(await this.endpoint(signal)), path, options.query),
      headers: headers(),
      renewedHeaders:
        stream &&
        (async () => {
          this.#session.refuse(used);
          used = await this.#session.authentication(signal);
          return headers();
        }),
      body: stream?.open ?? (body === undefined ? undefined : JSON.stringify(body)),
      repeatable: options.repeatable ?? repeatableMethods.has(method),
      streamed,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      signal,
    });
    return { answer, used };
  }

  #context(method: Method, path: Path) {
    return { service: this.service.name, method, path: `/${path.join('/')}` };
  }
}

function isRedirect({ status }: Answer, { ok }: CallOptions): boolean {
  return [301, 302, 307, 308].includes(status) && !ok.includes(status);
}

function contentHeaders({ body, stream }: CallOptions): Record<string, string> {
  if (stream !== undefined) {
    const { contentType, size } = stream; // without a size it goes in chunks
    return { 'content-type': contentType, ...(size === undefined ? {} : { 'content-length': String(size) }) };
  }
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

function urlOf(endpoint: string, path: Path, query: Query = {}): URL {
  // A URL swallows these, encoded or not, and the call would be about something else.
  const swallowed = path.find((part) => part === '.' || part === '..');
  if (swallowed !== undefined) throw new UsageError(`Nothing in OpenStack can be called "${swallowed}"`);
  const url = new URL([endpoint, ...path.map(encodeURIComponent)].join('/'));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
