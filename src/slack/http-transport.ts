import type { Server } from 'node:http';
import { HTTPReceiver } from '@slack/bolt';
import { DeployError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { boltLogger } from './bolt-logger.ts';
import type { Transport } from './transport.ts';

/** How far a request's clock may be from ours, in seconds. Bolt refuses old requests by itself, but not those to come. */
const maxSkewSeconds = 300;

/** How long requests under way may take when the server stops, in milliseconds. */
const drainMs = 5_000;

/** Signed HTTP: POST /slack/events, and GET /health for whoever watches the process. Port 0 takes a free one. */
export function httpTransport(options: { signingSecret: string; port: number; log: Logger }): Transport {
  const receiver = new HTTPReceiver({
    signingSecret: options.signingSecret,
    endpoints: '/slack/events',
    logger: boltLogger(options.log),
    customRoutes: [
      {
        path: '/health',
        method: 'GET',
        handler: (_request, response) => {
          response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
        },
      },
    ],
  });
  refuseFuture(receiver);
  let server: Server | undefined;

  return {
    receiver,
    async start() {
      server = await receiver.start(options.port).catch((error: unknown) => {
        throw listenProblem(error, options.port);
      });
      const address = server.address();
      return typeof address === 'object' && address !== null ? { port: address.port } : {};
    },
    async stop() {
      if (server === undefined) return;
      const closing = server;
      server = undefined;
      const cut = setTimeout(() => closing.closeAllConnections(), drainMs);
      await receiver.stop().finally(() => clearTimeout(cut));
    },
  };
}

function listenProblem(cause: unknown, port: number): DeployError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const taken = reason === 'EADDRINUSE';
  return new DeployError(
    taken ? 'port_taken' : 'cannot_listen',
    `Listening on port ${port}: ${taken ? 'another process does so already' : reason}`,
    {
      hint: 'Set PORT to a free port above 1023',
      cause,
    },
  );
}

function refuseFuture(receiver: HTTPReceiver): void {
  const listen = receiver.requestListener;
  receiver.requestListener = (request, response) => {
    const timestamp = Number(request.headers['x-slack-request-timestamp']);
    if (timestamp > Date.now() / 1000 + maxSkewSeconds) {
      response.writeHead(401).end();
      return;
    }
    listen(request, response);
  };
}
