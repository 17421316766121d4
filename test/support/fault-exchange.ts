import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** What a cloud answered, whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Headers that belong to one connection and not to what it carries. */
const ofOneConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** One request in the proxy's hands, and the few things that can be done with it. */
export class Exchange {
  readonly request: IncomingMessage;
  /** Where in the cloud it is for. */
  readonly url: URL;
  /** Resolves when the client has hung up before it had its answer. */
  readonly gaveUp: Promise<void>;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, url: URL) {
    this.request = request;
    this.#response = response;
    this.url = url;
    request.on('error', () => undefined); // told by the response's end
    this.gaveUp = new Promise((resolve) => {
      response.once('close', () => response.writableFinished || resolve());
    });
  }

  /** Hands the request on and the answer back as they come, however long they are. */
  async pass(): Promise<void> {
    const upstream = this.#open();
    void this.gaveUp.then(() => upstream.destroy());
    const answered = once(upstream, 'response') as Promise<[IncomingMessage]>;
    answered.catch(() => undefined);
    // A service may answer, and close, before it has read everything.
    const sent = pipeline(this.request, upstream).catch(() => undefined);
    const [answer] = await answered;
    this.#response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    await pipeline(answer, this.#response);
    await sent;
  }

  /** Hands the whole request on; the client hears nothing of the answer yet. Goes on when the client has hung up. */
  async forward(body?: Buffer): Promise<WholeAnswer> {
    const upstream = this.#open();
    upstream.end(body ?? (await buffer(this.request)));
    const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: passedOn(answer.headers), body: await buffer(answer) };
  }

  /** Reads the request; what has come is kept also when the client hangs up meanwhile. */
  read(): Promise<Buffer> {
    return buffer(this.request);
  }

  /** Hands a part of the request's content on, then ends that connection in the middle. */
  async forwardBeginning(): Promise<void> {
    const upstream = this.#open();
    upstream.on('error', () => undefined);
    const [first] = (await once(this.request, 'data')) as [Buffer];
    await new Promise((resolve) => upstream.write(first.subarray(0, Math.ceil(first.length / 2)), resolve));
    upstream.destroy();
  }

  /** Answers the client. */
  answer({ status, headers, body }: WholeAnswer): void {
    this.#response.writeHead(status, headers).end(body);
  }

  /** Announces the whole answer, sends half of its content, or half of its head if it has none, and cuts the line. */
  async answerHalf({ status, headers, body }: WholeAnswer): Promise<void> {
    const { socket } = this.#response;
    const half = body.subarray(0, Math.floor(body.length / 2));
    if (this.request.method === 'HEAD' || half.length === 0) {
      await new Promise((resolve) => socket?.write(`HTTP/1.1 ${status} Hal`, resolve));
    } else {
      this.#response.writeHead(status, { ...headers, 'content-length': String(body.length) });
      await new Promise((resolve) => this.#response.write(half, resolve));
    }
    this.reset();
  }

  /** Cuts the client's line without a farewell. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  #open() {
    const { host: _, ...headers } = this.request.headers;
    // A connection each: a kept one may be closed by the cloud just when it is used again, and that would be a fault
    // which nobody planned.
    return httpRequest(this.url, {
      method: this.request.method ?? 'GET',
      headers: { ...passedOn(headers), ...lengthOf(this.request), connection: 'close' },
      agent: false,
    });
  }
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneConnection.has(name)));
}

/** Content without a length goes in chunks, as it came. */
function lengthOf({ headers }: IncomingMessage): IncomingHttpHeaders {
  const encoding = headers['transfer-encoding'];
  return encoding === undefined ? {} : { 'transfer-encoding': encoding };
}
