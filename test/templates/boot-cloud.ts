import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What a server tells Heat. */
export interface Signal {
  status: string;
  reason: string;
  data: string;
  id: string;
}

/** Swift, Keystone and Heat as far as a booting server sees them. */
export class BootCloud {
  /** What Swift has, by name. */
  readonly objects = new Map<string, Buffer>();
  readonly signals: Signal[] = [];
  readonly logins: unknown[] = [];
  /** Statuses that Swift answers first. */
  readonly swiftAnswers: number[] = [];
  /** Statuses that Keystone answers first. */
  readonly keystoneAnswers: number[] = [];
  /** Names, in the order in which they were asked for. */
  readonly downloads: string[] = [];
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
  signed(name: string): string {
    return `${this.url}/v1/AUTH_1/c[1-2]/${name}?temp_url_sig=secret-signature&temp_url_expires=1`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const route = `${request.method} ${request.url}`;
    const name = [...this.objects.keys()].find((known) => route === `GET ${this.signed(known).slice(this.url.length)}`);
    if (name !== undefined) {
      this.downloads.push(name);
      const status = this.swiftAnswers.shift() ?? 200;
      response.writeHead(status).end(status === 200 ? this.objects.get(name) : '<html>no</html>');
    } else if (route === 'POST /v3/auth/tokens') {
      this.logins.push(JSON.parse(body));
      const status = this.keystoneAnswers.shift() ?? 201;
      response.writeHead(status, { 'X-Subject-Token': 'token-1' }).end('{}');
    } else if (route === 'POST /signal' && request.headers['x-auth-token'] === 'token-1') {
      this.signals.push(JSON.parse(body));
      response.writeHead(200).end('null');
    } else {
      response.writeHead(404).end();
    }
  }
}
