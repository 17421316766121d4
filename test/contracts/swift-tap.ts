import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '../../src/log.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';

/** One request that went through to Swift. */
export interface Tapped {
  method: string;
  /** Container and object, decoded. */
  path: string;
  query: string;
}

/** What a tap does to a request instead of passing it on unharmed. */
export type Mischief = 'damage' | 'cut' | 'refuse' | 'hold' | undefined;

/** A proxy in front of a Swift that writes down what passes, and does harm where it is told to. */
export interface Tap {
  readonly openstack: OpenStack;
  /** What Swift's endpoint is behind the tap. */
  readonly address: string;
  readonly passed: Tapped[];
  /** Decides what happens to a request; nothing unless set. */
  harm: (tapped: Tapped) => Mischief;
  /** The objects of some beginning that were put into a container, in the order in which the requests came. */
  putsInto(container: string, prefix: string): string[];
  close(): Promise<void>;
}

/** Puts a tap before the Swift of a connection. */
export async function tapSwift(behind: OpenStack): Promise<Tap> {
  const endpoint = new URL(await behind.swift.endpoint());
  const server = createServer((incoming, response) => {
    const tapped = tappedOf(incoming, endpoint.pathname);
    tap.passed.push(tapped);
    const harm = tap.harm(tapped);
    if (harm === 'refuse') {
      response.writeHead(503, { connection: 'close' }).end();
      return;
    }
    if (harm === 'hold') return;
    passOn(endpoint, incoming, response, harm);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}${endpoint.pathname}`;
  const openstack = connect(
    { ...behind.cloud, endpointOverrides: { ...behind.cloud.endpointOverrides, 'object-store': address } },
    { log: silentLogger(), retry: { attempts: 4, firstWaitMs: 5, longestWaitMs: 2000 } },
  );
  const tap: Tap = {
    openstack,
    address,
    passed: [],
    harm: () => undefined,
    putsInto: (container, prefix) =>
      tap.passed
        .filter(({ method, path }) => method === 'PUT' && path.startsWith(`${container}/${prefix}`))
        .map(({ path }) => path.slice(container.length + 1)),
    async close() {
      await openstack.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return tap;
}

function tappedOf({ method = '', url = '' }: IncomingMessage, account: string): Tapped {
  const { pathname, search } = new URL(url, 'http://tap');
  return { method, path: decodeURIComponent(pathname.slice(account.length + 1)), query: search };
}

function passOn(endpoint: URL, incoming: IncomingMessage, response: ServerResponse, harm: Mischief): void {
  const { method, url, headers } = incoming;
  const outgoing = request(new URL(url ?? '', endpoint), { method, headers: { ...headers, host: endpoint.host } });
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', () => {
    // A service that refuses before it has read everything breaks the sending, and is heard all the same.
    if (!response.headersSent) response.destroy();
  });
  incoming.on('data', (chunk: Buffer) => {
    if (harm === 'cut') {
      outgoing.destroy();
      response.destroy();
      return;
    }
    if (!outgoing.write(harm === 'damage' ? damaged(chunk) : chunk)) {
      incoming.pause();
      outgoing.once('drain', () => incoming.resume());
    }
  });
  incoming.on('end', () => outgoing.end());
  incoming.on('error', () => outgoing.destroy());
}

function damaged(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy.writeUInt8(copy.readUInt8(0) ^ 1, 0);
  return copy;
}
