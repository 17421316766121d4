import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a service says instead of what it would have said; undefined lets the call through. */
export type Reticence = (call: { method: string; path: string }) => { status: number; body: object } | undefined;

/** Stands before a service at `target` and keeps to itself what it is told to. */
export async function startReticent(target: string, answerTo: Reticence) {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader('content-type', 'application/json');
    const instead = answerTo({ method, path: new URL(url, 'http://x').pathname });
    if (instead !== undefined) {
      response.writeHead(instead.status).end(JSON.stringify(instead.body));
      return;
    }
    const { 'x-auth-token': token = '' } = headers;
    const answer = await fetch(new URL(url, target), {
      method,
      headers: { 'x-auth-token': String(token), 'content-type': 'application/json', accept: 'application/json' },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status).end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    /** The service's address, through here. */
    address: `http://127.0.0.1:${port}${new URL(target).pathname}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
