import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that went through, as `GET /stacks` below the path that is left out. */
export interface Passed {
  method: string;
  path: string;
}

/** What a proxy does with a request: passes it on, or passes it on and lets nobody hear the answer. */
export type Treatment = 'pass' | 'lose the answer';

/** Stands before a service and counts what is asked of it. */
export class CountingProxy {
  readonly passed: Passed[] = [];
  treat: (one: Passed) => Treatment = () => 'pass';
  readonly #server: Server;
  readonly #target: URL;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on('request', (incoming, answer) => this.#forward(incoming, answer));
  }

  /** `endpoint` is the service's address; what counts is the path below it. */
  static async before(endpoint: string): Promise<CountingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CountingProxy(server, new URL(endpoint));
  }

  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.#target.pathname}`;
  }

  /** How many requests fit. */
  count(method: string, path: RegExp): number {
    return this.passed.filter((one) => one.method === method && path.test(one.path)).length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const { url = '/', method = 'GET', headers } = incoming;
    const one = { method, path: new URL(url, this.#target).pathname.slice(this.#target.pathname.length) };
    this.passed.push(one);
    const treatment = this.treat(one);
    const onward = request(new URL(url, this.#target), { method, headers }, (response) => {
      if (treatment === 'lose the answer') {
        response.resume().on('end', () => answer.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  }
}
