import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { KubernetesApi } from '../../../src/kubernetes/api/kubernetes-api.ts';
import { isMissing, isRefused, isUnreachable, KubernetesError } from '../../../src/kubernetes/api/kubernetes-error.ts';
import { listNodes } from '../../../src/kubernetes/api/nodes.ts';
import { listPods } from '../../../src/kubernetes/api/pods.ts';
import { readyz } from '../../../src/kubernetes/api/readyz.ts';
import type { Kubeconfig } from '../../../src/kubernetes/kubeconfig.ts';
import type { Logger } from '../../../src/log.ts';
import { CertificateAuthority } from '../../../src/playground/nodes/certificate-authority.ts';
import { Secret } from '../../../src/secret.ts';
import { freePort } from '../../playground/nodes/support.ts';

const authority = new CertificateAuthority();
const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function listening(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(() => server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

/** Something that answers over TLS with a certificate of the cluster for these addresses. */
async function serve(listener: RequestListener, names = ['127.0.0.1']): Promise<number> {
  const server = createServer(authority.issueServer(names), listener);
  const port = await listening(server);
  closings.push(() => server.closeAllConnections());
  return port;
}

function kubeconfig(port: number): Kubeconfig {
  const { cert, key } = authority.issueClient({ user: 'admin', groups: [] });
  const server = `https://127.0.0.1:${port}`;
  const ca = authority.certificate;
  return { cluster: 'staging', server, ca, user: 'admin', certificate: cert, key: new Secret(key) };
}

async function connect(port: number, options: { deadlineMs?: number; log?: Logger } = {}): Promise<KubernetesApi> {
  const api = await KubernetesApi.connect(kubeconfig(port), options);
  closings.push(() => api.close());
  return api;
}

async function failure(promise: Promise<unknown>): Promise<KubernetesError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KubernetesError) return error;
  throw new Error(`no KubernetesError, but ${inspect(error)}`);
}

function answering(status: number, body: string, type = 'application/json'): RequestListener {
  return (_request, response) => void response.writeHead(status, { 'content-type': type }).end(body);
}

describe('an API that does not answer', () => {
  it('is unreachable when nothing listens', async () => {
    const port = await freePort();

    const error = await failure(listNodes(await connect(port)));

    expect(error.message).toBe(`Listing the nodes: nothing listens at 127.0.0.1:${port} (ECONNREFUSED)`);
    expect(error.hint).toContain(`port ${port}`);
    expect(error).toMatchObject({ code: 'kubernetes', retryable: true });
    expect(isUnreachable(error)).toBe(true);
    expect(isRefused(error)).toBe(false);
  });

  it('is unreachable when it takes too long to say anything', async () => {
    const port = await listening(createTcpServer(() => undefined));

    const error = await failure(listNodes(await connect(port, { deadlineMs: 150 })));

    expect(error.message).toBe(`Listing the nodes: no answer from 127.0.0.1:${port} within 0.15 s`);
    expect(isUnreachable(error)).toBe(true);
  });

  it('is unreachable when it stops in the middle', async () => {
    const port = await serve((_request, response) => void response.write('{"items": ['));

    const error = await failure(listNodes(await connect(port, { deadlineMs: 300 })));

    expect(error.message).toContain('within 0.3 s');
  });

  it('is unreachable when it cuts the connection', async () => {
    const port = await serve((request) => void request.socket.destroy());

    const error = await failure(listNodes(await connect(port)));

    expect(error).toMatchObject({ problem: 'unreachable', retryable: true });
    expect(error.message).toContain('the connection was lost to 127.0.0.1');
  });

  it('is given up at once while the connection is being made', async () => {
    const abort = new AbortController();
    const port = await listening(createTcpServer(() => abort.abort(new Error('cancelled'))));

    await expect(listNodes(await connect(port), abort.signal)).rejects.toThrow('cancelled');
  });

  it('lets its caller give up, with the caller’s own reason', async () => {
    const abort = new AbortController();
    const port = await serve(() => abort.abort(new Error('cancelled')));

    await expect(listNodes(await connect(port), abort.signal)).rejects.toThrow('cancelled');
    await expect(readyz(await connect(port), AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

describe('an API that refuses, or is another one', () => {
  it.each([
    [401, 'Unauthorized', 'The certificate is not'],
    [403, 'Forbidden', 'no role'],
  ])('is told apart by the status %i', async (status, reason, hint) => {
    const message = `nodes is forbidden: User "admin" cannot list resource "nodes"`;
    const port = await serve(answering(status, JSON.stringify({ kind: 'Status', message, reason })));

    const error = await failure(listNodes(await connect(port)));

    expect(error.message).toBe(`Listing the nodes: ${message} (Kubernetes, ${status})`);
    expect(error.hint).toContain(hint);
    expect(error).toMatchObject({ status, reason, retryable: false });
    expect(isRefused(error)).toBe(true);
  });

  it('is not asked under an address that its certificate is not for', async () => {
    let asked = 0;
    const port = await serve(() => {
      asked += 1;
    }, ['10.0.0.5']);

    const error = await failure(listNodes(await connect(port)));

    expect(error.message).toContain('made out for other addresses (ERR_TLS_CERT_ALTNAME_INVALID)');
    expect(error.hint).toContain('127.0.0.1 in certSANs');
    expect(isRefused(error)).toBe(true);
    expect(asked).toBe(0);
  });

  it('is refused when it does not speak TLS', async () => {
    const port = await listening(createHttpServer(answering(200, '{}')));

    const error = await failure(listNodes(await connect(port)));

    expect(error.message).toContain('does not speak TLS');
    expect(error).toMatchObject({ problem: 'refused', retryable: false });
  });

  it('is not followed elsewhere', async () => {
    let asked = 0;
    const elsewhere = await serve(() => {
      asked += 1;
    });
    const location = `https://127.0.0.1:${elsewhere}/api/v1/nodes`;
    const port = await serve((_request, response) => void response.writeHead(302, { location }).end());

    expect(await failure(listNodes(await connect(port)))).toMatchObject({ problem: 'answered', status: 302 });
    expect(asked).toBe(0);
  });
});

describe('an API in trouble', () => {
  it('says what it waits for', async () => {
    const checks = '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed';
    const port = await serve(answering(500, checks, 'text/plain'));

    const error = await failure(readyz(await connect(port)));

    expect(error.message).toBe(
      'Asking the Kubernetes API whether it is ready: [+]ping ok [-]etcd failed: reason withheld readyz check failed (Kubernetes, 500)',
    );
    expect(error.retryable).toBe(true);
  });

  it.each([
    ['without a text', 503, '', 'Service Unavailable (Kubernetes, 503)'],
    ['that is a page', 502, '<html>Bad\n\n gateway</html>', '<html>Bad gateway</html> (Kubernetes, 502)'],
    ['that hides something', 500, '{"message":"a\\u202eb\\u0007c"}', 'abc (Kubernetes, 500)'],
    ['that does not end', 500, `{"message":"${'x'.repeat(3000)}"}`, `${'x'.repeat(500)}… (Kubernetes, 500)`],
  ])('says as much as fits into a sentence: an answer %s', async (_what, status, body, end) => {
    const port = await serve(answering(status, body));

    expect((await failure(listNodes(await connect(port)))).message).toBe(`Listing the nodes: ${end}`);
  });

  it.each([
    ['no JSON', answering(200, 'welcome')],
    ['no list', answering(200, '{"items": 1}')],
    ['another type', answering(200, '<html></html>', 'text/html')],
  ])('cannot be understood when it answers with %s', async (_what, listener) => {
    const error = await failure(listNodes(await connect(await serve(listener))));

    expect(error.message).toMatch(/^Listing the nodes: what 127\.0\.0\.1:\d+ answers cannot be understood$/);
    expect(error).toMatchObject({ problem: 'answered', retryable: false });
  });

  it('says that something is not there', async () => {
    const port = await serve(answering(404, '{"message":"not found","reason":"NotFound"}'));

    expect(isMissing(await failure(listPods(await connect(port), 'kube-system')))).toBe(true);
  });
});

describe('what is sent', () => {
  it('names the resource and pages, and carries no secret but in the handshake', async () => {
    const asked: { url: string | undefined; headers: object }[] = [];
    const port = await serve((request, response) => {
      asked.push({ url: request.url, headers: request.headers });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"items": []}');
    });

    expect(await listPods(await connect(port), 'kube-system')).toEqual([]);

    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/namespaces/kube-system/pods?limit=500']);
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('leaves a line in the log without queries and secrets', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const port = await serve(answering(200, '{"items": []}'));

    await listNodes(await connect(port, { log }));

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ method: 'GET', path: '/api/v1/nodes', status: 200 });
    expect(lines.join()).not.toMatch(/limit|PRIVATE KEY|BEGIN/);
  });

  it('never shows the key, whatever goes wrong', async () => {
    const api = await connect(await freePort());

    const error = await failure(listNodes(api));

    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('PRIVATE KEY');
    expect(inspect(api, { depth: 20 })).not.toContain('PRIVATE KEY');
  });
});
