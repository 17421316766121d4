import type { Readable } from 'node:stream';
import { OpenStackError } from '../errors.ts';
import { errorText } from './error-text.ts';
import type { Authentication } from './keystone/authentication.ts';
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
const repeatableMethods: ReadonlySet<Method> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** Calls one OpenStack service with the session's token. Knows HTTP and tokens, and nothing of what is called. */
export class ServiceClient {
  readonly service: ServiceDescription;
  readonly #session: Session;
  readonly #transport: Transport;

  constructor(service: ServiceDescription, session: Session, transport: Transport) {
    this.service = service;
    this.#session = session;
    this.#transport = transport;
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
    if (answer.stream === undefined) throw this.#refusal('GET', path, options, answer);
    return { ...answer, stream: answer.stream };
  }

  async #json<T>(method: Method, path: Path, options: CallOptions): Promise<T> {
    const answer = await this.call(method, path, options);
    try {
      return JSON.parse(answer.text);
    } catch (cause) {
      throw new OpenStackError(
        `${options.doing}: ${this.service.name} answered something that is not JSON`,
        this.#context(method, path, answer),
        { cause, hint: `See what answers at the address of ${this.service.name}: it may be a proxy` },
      );
    }
  }

  /** A token that is refused is replaced once; the request was turned away at the door then, so any may go again. */
  async #send(method: Method, path: Path, options: CallOptions, streamed: boolean): Promise<Answer> {
    const first = await this.#session.authentication(options.signal);
    let answer = await this.#exchange(method, path, options, streamed, first);
    if (answer.status === 401) {
      this.#session.refuse(first);
      const second = await this.#session.authentication(options.signal);
      answer = await this.#exchange(method, path, options, streamed, second);
    }
    if (!options.ok.includes(answer.status)) {
      answer.stream?.destroy();
      throw this.#refusal(method, path, options, answer);
    }
    return answer;
  }

  async #exchange(
    method: Method,
    path: Path,
    options: CallOptions,
    streamed: boolean,
    { token }: Authentication,
  ): Promise<Answer> {
    const { doing, body, stream, signal, base = (endpoint) => endpoint } = options;
    return this.#transport.send({
      doing,
      context: { ...this.#context(method, path), method },
      url: urlOf(base(await this.endpoint(signal)), path, options.query),
      headers: {
        accept: 'application/json',
        ...contentHeaders(options),
        ...options.headers,
        'x-auth-token': token.reveal(),
      },
      body: stream?.open ?? (body === undefined ? undefined : JSON.stringify(body)),
      repeatable: options.repeatable ?? repeatableMethods.has(method),
      streamed,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      signal,
    });
  }

  #refusal(method: Method, path: Path, { doing }: CallOptions, answer: Answer): OpenStackError {
    const text = errorText(answer.status, answer.text);
    const hint = hintFor(text, answer.status);
    return new OpenStackError(
      `${doing}: ${text} (${this.service.name}, ${answer.status})`,
      this.#context(method, path, answer),
      hint === undefined ? {} : { hint },
    );
  }

  #context(method: Method, path: Path, answer?: Answer) {
    const requestId = answer?.headers['x-openstack-request-id'] ?? answer?.headers['x-trans-id'];
    return {
      service: this.service.name,
      method,
      path: `/${path.join('/')}`,
      ...(answer === undefined ? {} : { status: answer.status }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
}

function contentHeaders({ body, stream }: CallOptions): Record<string, string> {
  if (stream !== undefined) {
    const { contentType, size } = stream; // without a size it goes in chunks
    return { 'content-type': contentType, ...(size === undefined ? {} : { 'content-length': String(size) }) };
  }
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

function urlOf(endpoint: string, path: Path, query: Query = {}): URL {
  const url = new URL([endpoint, ...path.map(encodeURIComponent)].join('/'));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** What to do about refusals whose own text does not say it. */
function hintFor(text: string, status: number): string | undefined {
  // Keystone since the fix of CVE-2026-43000 refuses all trusts to application credentials; Heat makes one a stack.
  if (/not allowed for managing trusts/i.test(text)) {
    return 'Heat needs a trust, which Keystone grants to a password only: use a user name and a password instead of an application credential';
  }
  if (/quota/i.test(text)) return "Free something in the project, or ask the cloud's operator for a larger quota";
  if (status === 403) return 'Ask for a role that allows this in the project; member is usually enough';
  return undefined;
}
