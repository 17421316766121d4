import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probeApi } from '../../src/kubernetes/probe.ts';
import { selfSignedCertificate } from '../../src/playground/nodes/certificate.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

async function serve(listener: RequestListener): Promise<string> {
  const certificate = selfSignedCertificate('127.0.0.1');
  return `https://127.0.0.1:${await listening(createServer(certificate, listener))}`;
}

describe('probeApi', () => {
  it('finds an API ready that says so, whoever signed its certificate', async () => {
    let asked: IncomingMessage | undefined;
    const url = await serve((request, response) => {
      asked = request;
      response.end('ok');
    });

    const probe = await probeApi(url, { timeoutMs: 5_000 });

    expect(probe).toEqual({ ready: true, detail: 'ready' });
    expect(asked?.url).toBe('/readyz');
    expect(asked?.headers).not.toHaveProperty('authorization');
  });

  it('names the checks that an API is still waiting for', async () => {
    const url = await serve((_request, response) => {
      response
        .writeHead(500)
        .end('[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed\nreadyz check failed');
    });

    const probe = await probeApi(url, { timeoutMs: 5_000 });

    expect(probe).toEqual({ ready: false, detail: 'it answered 500; not ready: etcd, informer-sync' });
  });

  it('takes a closed port for an answer', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    server.close();

    const probe = await probeApi(`https://127.0.0.1:${port}`, { timeoutMs: 5_000 });

    expect(probe).toEqual({ ready: false, detail: 'nothing listens there yet' });
  });

  it('waits no longer than it was told to', async () => {
    const server = createTcpServer(() => undefined);
    const port = await listening(server);

    const probe = await probeApi(`https://127.0.0.1:${port}`, { timeoutMs: 200 });

    expect(probe).toEqual({ ready: false, detail: 'no answer within 0.2 s' });
  });

  it('throws the reason when it is cancelled', async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort(new Error('cancelled')));

    await expect(probeApi(url, { timeoutMs: 5_000, signal: abort.signal })).rejects.toThrow('cancelled');
  });
});
