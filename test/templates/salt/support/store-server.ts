import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Swift as signed URLs show it: whoever has the URL may get or put one object. */
export interface StoreServer {
  /** The objects by name, as text. */
  readonly objects: Map<string, string>;
  /** Those that are no text, and that nobody writes. */
  readonly archives: Map<string, Buffer>;
  /** Every request, as "GET join/node.json". */
  readonly requests: string[];
  /** The answer to all requests for an object, while it is set. */
  readonly statuses: Map<string, number>;
  url(object: string): string;
  close(): Promise<void>;
}

/** What no log and no output may have in it. */
export const signature = 'temp_url_sig=0123456789abcdef';

export async function startStoreServer(): Promise<StoreServer> {
  const objects = new Map<string, string>();
  const archives = new Map<string, Buffer>();
  const requests: string[] = [];
  const statuses = new Map<string, number>();
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').split('?')[0] ?? '').slice(1);
    requests.push(`${request.method} ${name}`);
    const status = request.url?.includes(signature) ? statuses.get(name) : 401;
    if (status !== undefined) response.writeHead(status).end('<html>No</html>');
    else if (archives.has(name)) response.writeHead(200).end(archives.get(name));
    else void answer(objects, name, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    objects,
    archives,
    requests,
    statuses,
    url: (object) => `http://127.0.0.1:${port}/${object}?${signature}&temp_url_expires=2000000000`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  objects: Map<string, string>,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const object = objects.get(name);
  if (request.method === 'PUT') {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    objects.set(name, Buffer.concat(chunks).toString());
    response.writeHead(201).end();
  } else if (object === undefined) response.writeHead(404).end('<html>Not Found</html>');
  else response.writeHead(200).end(object);
}
