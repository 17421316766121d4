import { once } from 'node:events';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeApi } from '../../../src/kubernetes/probe.ts';
import { type Certificate, selfSignedCertificate } from '../../../src/playground/nodes/certificate.ts';
import { type BootedNode, startKubernetesApi } from '../../../src/playground/nodes/kubernetes-api.ts';

const address = '127.0.0.1';
let certificate: Certificate;
let port: number;
let api: { close(): Promise<void> };
let nodes: BootedNode[];

beforeEach(async () => {
  certificate = selfSignedCertificate(address);
  port = await freePort();
  nodes = [{ name: 'staging-control-plane', role: 'control-plane', version: 'v1.34.2', address: '10.0.0.5' }];
  api = await startKubernetesApi({ address, port, certificate, version: 'v1.34.2', nodes: () => nodes });
});

afterEach(() => api.close());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const found = server.address();
  server.close();
  await once(server, 'close');
  if (typeof found !== 'object' || found === null) throw new Error('no port');
  return found.port;
}

/** Trusts the certificate and nothing else, as a kubeconfig with the cluster's authority does. */
async function call(path: string, method = 'GET'): Promise<{ status: number | undefined; text: string }> {
  const sent = request({ host: address, port, path, method, ca: certificate.cert, agent: false }).end();
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

describe('the stand-in for a Kubernetes API', () => {
  it('is ready, behind a certificate that holds for its address', async () => {
    expect(await call('/readyz')).toEqual({ status: 200, text: 'ok' });
    expect(await call('/livez?verbose')).toEqual({ status: 200, text: 'ok' });
    expect(await probeApi(`https://${address}:${port}`, { timeoutMs: 5_000 })).toEqual({
      ready: true,
      detail: 'ready',
    });
  });

  it('says its version', async () => {
    const { text } = await call('/version');

    expect(JSON.parse(text)).toMatchObject({ major: '1', minor: '34', gitVersion: 'v1.34.2' });
  });

  it('lists the nodes of the moment', async () => {
    nodes.push({ name: 'staging-node-abcde', role: 'node', version: 'v1.34.2', address: '10.0.0.6' });

    const { text } = await call('/api/v1/nodes');

    const list = JSON.parse(text);
    expect(list.kind).toBe('NodeList');
    expect(list.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'staging-control-plane',
      'staging-node-abcde',
    ]);
    expect(list.items[0].metadata.labels).toHaveProperty('node-role.kubernetes.io/control-plane');
    expect(list.items[1].status.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
  });

  it('refuses in the shape that Kubernetes refuses in', async () => {
    const unknown = await call('/api/v1/secrets');
    const write = await call('/api/v1/nodes', 'DELETE');

    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.text)).toMatchObject({ kind: 'Status', reason: 'NotFound', code: 404 });
    expect(write.status).toBe(405);
  });

  it('stops answering when it is closed', async () => {
    await api.close();

    const probe = await probeApi(`https://${address}:${port}`, { timeoutMs: 5_000 });

    expect(probe.ready).toBe(false);
    api = { close: async () => undefined };
  });
});
