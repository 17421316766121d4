import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What a server tells Heat. */
export interface Signal {
  status: string;
  reason: string;
  data: string;
  id: string;
}

/** Statuses that a service answers first; afterwards all is well. */
type Answers = number[];

/** Swift, Keystone and Heat as far as a booting server sees them, and a proxy in front of them. */
export class BootCloud {
  /** What Swift has, by name. */
  readonly objects = new Map<string, Buffer>();
  readonly signals: Signal[] = [];
  readonly logins: unknown[] = [];
  readonly swiftAnswers: Answers = [];
  readonly keystoneAnswers: Answers = [];
  readonly heatAnswers: Answers = [];
  readonly logAnswers: Answers = [];
  /** Names, in the order in which they were asked for. */
  readonly downloads: string[] = [];
  /** What servers uploaded, by the path that they uploaded it to. */
  readonly logs = new Map<string, string>();
  /** What was asked of whom, in order: `Swift GET`, `Swift PUT`, `Keystone` or `Heat`. */
  readonly calls: string[] = [];
  /** Hosts that were asked through the proxy, in order. */
  readonly proxied: string[] = [];
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  /** A URL with characters that curl would give a meaning to if it were let. */
  signed(name: string, host = this.url): string {
    return `${host}/v1/AUTH_1/c[1-2]/${name}?temp_url_sig=secret-signature&temp_url_expires=1`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const path = this.#withoutProxy(request.url ?? '');
    const route = `${request.method} ${path}`;
    const name = [...this.objects.keys()].find((known) => route === `GET ${this.signed(known, '')}`);
    if (name !== undefined) this.#download(name, response);
    else if (/^PUT \S*\/logs\/\S*[?&]temp_url_sig=secret-signature/.test(route)) this.#upload(path, body, response);
    else if (route === 'POST /v3/auth/tokens') this.#login(body, response);
    else if (route === 'POST /signal' && request.headers['x-auth-token'] === 'token-1') this.#signal(body, response);
    else response.writeHead(404).end();
  }

  /** What is asked of a proxy comes with its host. */
  #withoutProxy(url: string): string {
    const [, host, path] = /^http:\/\/([^/]+)(\/.*)$/.exec(url) ?? [];
    if (host === undefined || path === undefined) return url;
    this.proxied.push(host);
    return path;
  }

  #download(name: string, response: ServerResponse): void {
    this.calls.push('Swift GET');
    this.downloads.push(name);
    const status = this.swiftAnswers.shift() ?? 200;
    response.writeHead(status).end(status === 200 ? this.objects.get(name) : '<html>no</html>');
  }

  #upload(path: string, body: string, response: ServerResponse): void {
    this.calls.push('Swift PUT');
    const status = this.logAnswers.shift() ?? 201;
    if (status === 201) this.logs.set(path.replace(/\?.*/, ''), body);
    response.writeHead(status).end();
  }

  #login(body: string, response: ServerResponse): void {
    this.calls.push('Keystone');
    this.logins.push(JSON.parse(body));
    response.writeHead(this.keystoneAnswers.shift() ?? 201, { 'X-Subject-Token': 'token-1' }).end('{}');
  }

  #signal(body: string, response: ServerResponse): void {
    this.calls.push('Heat');
    const status = this.heatAnswers.shift() ?? 200;
    if (status === 200) this.signals.push(JSON.parse(body));
    response.writeHead(status).end('null');
  }
}
