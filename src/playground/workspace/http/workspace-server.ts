import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DeployError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import type { Acting } from '../people/acting.ts';
import type { WebApi } from '../web-api/web-api.ts';
import { handleApiCall, handleResponseUrl, handleUpload, sendFile } from './api-routes.ts';
import { BodyTooLargeError, type Exchange, sendJson, sendText } from './exchange.ts';
import { handleAct } from './page-routes.ts';
import { type Condition, type PageStream, snapshot } from './page-stream.ts';
import { isSameOrigin } from './same-origin.ts';
import { sendPageFile } from './static-page.ts';

/** What the server is made of. */
export interface ServerParts {
  readonly acting: Acting;
  readonly webApi: WebApi;
  readonly stream: PageStream;
  readonly condition: () => Condition;
  readonly boundTo: string;
  readonly log: Logger;
}

interface Route {
  readonly prefix: string;
  readonly handle: (exchange: Exchange, parts: ServerParts) => void | Promise<void>;
}

/** The first prefix that fits decides. */
const routes: readonly Route[] = [
  { prefix: '/api/', handle: callApi },
  { prefix: '/response/', handle: (exchange, { acting }) => handleResponseUrl(exchange, acting.workspace) },
  { prefix: '/upload/', handle: (exchange, { acting }) => handleUpload(exchange, acting.workspace) },
  { prefix: '/files/', handle: (exchange, { acting }) => sendFile(exchange, acting.workspace) },
  { prefix: '/playground/state', handle: sendState },
  { prefix: '/playground/stream', handle: (exchange, { stream }) => stream.open(exchange) },
  { prefix: '/playground/', handle: (exchange, { acting }) => handleAct(exchange, acting) },
  { prefix: '/', handle: sendPageFile },
];

/** Slack's side of every HTTP request: the Web API, response urls, uploads, and the page. Not listening yet. */
export function createWorkspaceServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    answer(request, response, parts).catch((error: unknown) => fail(error, response, parts.log));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = routes.find(({ prefix }) => url.pathname.startsWith(prefix));
  // The app's calls carry a token or a secret path, and may reach this machine by any name; people's requests may not.
  const fromApp = ['/api/', '/response/', '/upload/'].includes(route?.prefix ?? '');
  const allowed = fromApp ? request.headers.origin === undefined : isSameOrigin(request.headers, parts.boundTo);
  if (!allowed) {
    sendText(response, 403, 'Requests from other web sites are refused.\n');
    return;
  }
  await route?.handle({ request, response, url }, parts);
}

async function callApi(exchange: Exchange, { condition, webApi }: ServerParts): Promise<void> {
  if (condition().outage) sendText(exchange.response, 503, 'upstream connect error or disconnect/reset before headers');
  else await handleApiCall(exchange, webApi);
}

function sendState({ response }: Exchange, { acting, condition }: ServerParts): void {
  sendJson(response, 200, snapshot(acting, condition()));
}

function fail(error: unknown, response: ServerResponse, log: Logger): void {
  const tooLarge = error instanceof BodyTooLargeError;
  if (!tooLarge) log.error({ err: error }, 'the workspace could not answer a request');
  if (response.headersSent) response.destroy();
  else
    sendJson(response, tooLarge ? 413 : 500, { ok: false, error: tooLarge ? 'request_too_large' : 'internal_error' });
}

/** Starts listening, and answers the port. Throws a DeployError that says what to do when the port is taken. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new DeployError(
      'port_in_use',
      `Port ${port} is in use by another program, so the chat page cannot be served there`,
      {
        hint: `Stop that program, or choose another port: npm run demo -- --port ${port + 1}`,
        detail: { host, port },
        cause: error,
      },
    );
  }
  return new DeployError('workspace_start', `Serving the chat page on ${host}:${port}: ${error.message}`, {
    hint: 'Choose another address or port: npm run demo -- --port 3001',
    detail: { host, port },
    cause: error,
  });
}
