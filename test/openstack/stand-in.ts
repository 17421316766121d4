import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { silentLogger } from '../../src/log.ts';
import type { CloudConfig } from '../../src/openstack/cloud-config.ts';
import { type ConnectOptions, connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { Secret } from '../../src/secret.ts';

/** One request as it came. */
export interface Received {
  method: string;
  url: string;
  token: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Respond = (request: Received, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

/**
 * A Keystone that gives out token-1, token-2 … and one service behind it that does what a test tells it, both over a
 * real socket: what an HTTP client does in trouble shows only there.
 */
export class StandIn {
  /** What the service does; set by each test. Keystone works by itself. */
  respond: Respond = (_request, response) => answer(response, 200, {});
  /** What Keystone does before it answers. */
  beforeToken: () => Promise<void> = () => Promise.resolve();
  lifetimeMs = 3_600_000;
  /** A status to answer every login with from now on. */
  refuseLogins: number | undefined;
  /** The last request for a token. */
  lastLogin: unknown;
  /** Requests to the service; those to Keystone are only counted. */
  readonly received: Received[] = [];
  logins = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#handle(request, response);
    });
  }

  /** With a certificate it speaks TLS. */
  static async start(tls?: ServerOptions): Promise<StandIn> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new StandIn(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return this.#server instanceof TlsServer ? `https://localhost:${this.port}` : `http://127.0.0.1:${this.port}`;
  }

  /** A client of it, patient for milliseconds only. */
  connect(more: Partial<CloudConfig> = {}, options: Partial<ConnectOptions> = {}): OpenStack {
    const cloud: CloudConfig = {
      name: 'stand-in',
      authUrl: `${this.address}/identity/v3`,
      credentials: { kind: 'password', user: { id: 'u1' }, password: new Secret('hunter2'), project: { id: 'p1' } },
      interface: 'public',
      endpointOverrides: {},
      verify: true,
      ...more,
    };
    return connect(cloud, {
      log: silentLogger(),
      retry: { attempts: 3, firstWaitMs: 5, longestWaitMs: 2000 },
      ...options,
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/identity/v3/auth/tokens') {
      await this.#logIn(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    if (!this.deaf) for await (const chunk of request) chunks.push(chunk as Buffer);
    const received = {
      method: request.method ?? '',
      url: request.url ?? '',
      token: String(request.headers['x-auth-token']),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.received.push(received);
    await this.respond(received, response, request);
  }

  /** True to answer without reading the content first. */
  deaf = false;

  async #logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.lastLogin = await json(request);
    if (this.refuseLogins !== undefined) {
      answer(response, this.refuseLogins, { error: { message: 'No.' } });
      return;
    }
    this.logins += 1;
    const token = `token-${this.logins}`;
    await this.beforeToken();
    const now = Date.now();
    response.setHeader('x-subject-token', token);
    const endpoints = [{ interface: 'public', region: 'One', url: `${this.address}/v1/p1` }];
    answer(response, 201, {
      token: {
        issued_at: new Date(now).toISOString(),
        expires_at: new Date(now + this.lifetimeMs).toISOString(),
        user: { id: 'u1' },
        project: { id: 'p1' },
        catalog: ['orchestration', 'object-store', 'compute'].map((type) => ({ type, endpoints })),
      },
    });
  }
}

/** Answers JSON, or a text as it is. */
export function answer(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
