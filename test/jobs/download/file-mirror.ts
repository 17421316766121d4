import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One GET that came to a mirror. */
export interface Asked {
  /** With its query. */
  readonly path: string;
  /** The first byte that was asked for; 0 for the whole. */
  readonly from: number;
  /** Bytes of content that were sent. */
  sent: number;
}

/** What a mirror is like. */
export interface FileMirrorOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** False for one that always sends the whole. */
  readonly ranges?: boolean;
  /** What tells versions apart: a header, or nothing. */
  readonly validator?: 'etag' | 'last-modified' | undefined;
  /** False for one that sends a range of whatever it has by now, as if If-Range had not been asked. */
  readonly obeysIfRange?: boolean;
  /** False for one that says nothing of the size: chunked. */
  readonly saysSize?: boolean;
}

/** A server on 127.0.0.1 with files. It sends ranges of them as RFC 9110 wants it, and breaks off when it is told to. */
export class FileMirror {
  /** What is at each path. To be changed at any time. */
  readonly files = new Map<string, Buffer>();
  readonly asked: Asked[] = [];
  /** After how many bytes of content the next answers break off; those after them are whole. */
  readonly breaksAfter: number[] = [];
  /** Whether a connection stays open when an answer breaks off, with nothing more to come. */
  breaksSilently = false;
  /** What the next GETs get instead of an answer. */
  readonly troubles: ((response: ServerResponse) => void)[] = [];
  readonly #options: Required<Omit<FileMirrorOptions, 'tls'>>;
  readonly #scheme: string;
  readonly #server;

  private constructor({ tls, ...options }: FileMirrorOptions) {
    this.#options = { ranges: true, validator: 'etag', obeysIfRange: true, saysSize: true, ...options };
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
    this.#scheme = tls === undefined ? 'http' : 'https';
  }

  static async start(options: FileMirrorOptions = {}): Promise<FileMirror> {
    const mirror = new FileMirror(options);
    mirror.#server.listen(0, '127.0.0.1');
    await once(mirror.#server, 'listening');
    return mirror;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `${this.#scheme}://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bytes of content that were sent in all. */
  get sent(): number {
    return this.asked.reduce((sum, { sent }) => sum + sent, 0);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ url: path = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const asked: Asked = { path, from: Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0), sent: 0 };
    this.asked.push(asked);
    const trouble = this.troubles.shift();
    const content = this.files.get(path);
    if (trouble !== undefined) trouble(response);
    else if (content === undefined) response.writeHead(404).end('nothing here');
    else this.#send(response, content, asked, headers['if-range']);
  }

  #send(response: ServerResponse, content: Buffer, asked: Asked, ifRange: unknown): void {
    const from = this.#begin(response, content, asked.from, ifRange);
    const body = content.subarray(from);
    if (this.#options.saysSize) response.setHeader('content-length', body.length);
    else response.flushHeaders(); // or Node.js would say it of what is written at once
    const piece = body.subarray(0, this.breaksAfter.shift() ?? body.length);
    asked.sent = piece.length;
    if (piece.length === body.length) response.end(piece);
    else response.write(piece, () => void (this.breaksSilently || response.socket?.end()));
  }

  /** Sets the status and headers, and answers the byte that the content begins with. */
  #begin(response: ServerResponse, content: Buffer, wanted: number, ifRange: unknown): number {
    const { ranges, obeysIfRange } = this.#options;
    const validator = this.#validator(content);
    if (validator !== undefined) response.setHeader(...validator);
    const granted = ranges && wanted > 0 && (!obeysIfRange || ifRange === validator?.[1]);
    if (!granted) return 0;
    if (wanted < content.length) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${wanted}-${content.length - 1}/${content.length}`);
      return wanted;
    }
    response.statusCode = 416;
    response.setHeader('content-range', `bytes */${content.length}`);
    return content.length;
  }

  #validator(content: Buffer): [string, string] | undefined {
    const digest = createHash('sha256').update(content).digest();
    if (this.#options.validator === 'etag') return ['etag', `"${digest.toString('hex')}"`];
    // Any date of the past will do, when each content has its own.
    const date = new Date(digest.readUInt32BE() * 100).toUTCString();
    return this.#options.validator && ['last-modified', date];
  }
}
