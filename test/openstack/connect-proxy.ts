import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy that remembers what it was asked. */
export class ConnectProxy {
  /** `CONNECT host:port`, or the method and the whole address of a plain request. */
  readonly asked: string[] = [];
  authorization: string | undefined;
  readonly #sockets = new Map<string, Set<Socket>>();
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  readonly #verdict: number | undefined;

  private constructor(verdict: number | undefined) {
    this.#verdict = verdict;
    this.#server = createServer((incoming, response) => this.#pass(incoming, response));
    this.#server.on('connect', (incoming: IncomingMessage, socket: Socket) => this.#tunnel(incoming, socket));
  }

  /** With a verdict it answers that to every CONNECT. */
  static async start(verdict?: number): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(verdict);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many connections carried requests of that method. */
  socketsOf(method: string): number {
    return this.#sockets.get(method)?.size ?? 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #note({ method = '', url = '', headers, socket }: IncomingMessage): void {
    this.asked.push(`${method} ${url}`);
    this.authorization = headers['proxy-authorization'];
    this.#sockets.set(method, (this.#sockets.get(method) ?? new Set()).add(socket));
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    this.#note(incoming);
    const { method, headers } = incoming;
    const onward = request(incoming.url ?? '', { method, headers, agent: false }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }

  #tunnel(incoming: IncomingMessage, socket: Socket): void {
    this.#note(incoming);
    if (this.#verdict !== undefined) {
      socket.end(`HTTP/1.1 ${this.#verdict} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [, port] = (incoming.url ?? '').split(':');
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      this.#open.add(end);
      end.on('error', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  }
}
