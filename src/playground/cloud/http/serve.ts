import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { authenticate } from '../keystone/tokens.ts';
import { uuid } from '../support/ids.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import type { Exchange, Reply, Route, Service } from './exchange.ts';
import { matchRoutes } from './match-route.ts';

/** Makes the server that answers for all services; it listens on a free port of 127.0.0.1 once `listen` is called. */
export function createCloudServer(world: World, services: readonly Service[]): Server {
  return createServer((request, response) => {
    answer(world, services, request, response).catch((error: unknown) => {
      world.log.debug({ err: error, url: request.url }, 'the connection ended before the answer was out');
      response.destroy();
    });
  });
}

/** Starts listening and says where. */
export function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}

async function answer(
  world: World,
  services: readonly Service[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', world.baseUrl);
  const service = services.find(({ prefix }) => url.pathname === prefix || url.pathname.startsWith(`${prefix}/`));
  if (service === undefined) {
    await send(request, response, { status: 404, body: 'No service of this cloud has that path.\n' });
    return;
  }
  const exchange = exchangeOf(request, url);
  const reply = await replyOf(world, service, exchange);
  const own = service.headers?.(exchange, reply) ?? {};
  await send(request, response, {
    ...reply,
    headers: { 'x-openstack-request-id': exchange.requestId, ...own, ...reply.headers },
  });
}

function exchangeOf(request: IncomingMessage, url: URL): Exchange {
  return {
    method: request.method ?? 'GET',
    url,
    params: {},
    query: url.searchParams,
    headers: request.headers,
    request,
    requestId: `req-${uuid()}`,
  };
}

async function replyOf(world: World, service: Service, exchange: Exchange): Promise<Reply> {
  try {
    return await dispatch(world, service, exchange);
  } catch (error) {
    if (error instanceof ApiError) return service.refuse(error, exchange);
    world.log.error(
      { err: error, service: service.name, method: exchange.method, path: exchange.url.pathname },
      'a service of the playground stumbled',
    );
    return service.refuse(new ApiError(500, 'InternalServerError', 'Unexpected API Error.'), exchange);
  }
}

function dispatch(world: World, service: Service, exchange: Exchange): Reply | Promise<Reply> {
  const path = exchange.url.pathname.slice(service.prefix.length) || '/';
  const matches = matchRoutes(service.routes, path);
  const match = matches.find(({ route }) => accepts(route, exchange.method));
  if (match === undefined) {
    // Who is not known learns nothing of which paths there are.
    if (matches.length === 0 && service.name !== 'keystone') authenticate(world.keystone, exchange);
    throw matches.length === 0
      ? new ApiError(404, 'HTTPNotFound', 'The resource could not be found.')
      : new ApiError(405, 'HTTPMethodNotAllowed', 'The method is not allowed for this resource.');
  }
  const { route, params } = match;
  const asked = { ...exchange, params };
  if ('open' in route) return route.open(world, asked);
  return route.handle(world, asked, authenticate(world.keystone, asked));
}

function accepts(route: Route, method: string): boolean {
  return route.method === method || route.method === '*' || (route.method === 'GET' && method === 'HEAD');
}

async function send(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  const { stream } = reply;
  const text = textOf(reply);
  response.writeHead(reply.status, headersOf(request, reply, text));
  if (request.method === 'HEAD') {
    stream?.destroy();
    response.end();
  } else if (stream !== undefined) {
    await pipeline(stream, response);
  } else {
    response.end(text);
  }
}

function textOf({ body }: Reply): string | undefined {
  return typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
}

function headersOf(request: IncomingMessage, reply: Reply, text: string | undefined): Record<string, string | number> {
  const headers: Record<string, string | number> = { ...reply.headers };
  if (typeof reply.body === 'object') headers['content-type'] ??= 'application/json';
  if (reply.stream === undefined && reply.status !== 204) headers['content-length'] ??= Buffer.byteLength(text ?? '');
  // A body that was refused unread would be taken for the next request.
  if (!request.complete) headers.connection = 'close';
  return headers;
}
