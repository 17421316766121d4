import { once } from 'node:events';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Kubeconfig } from '../../../src/kubernetes/kubeconfig.ts';
import { bootedNode, type RunningApi, startSomeApi } from './support.ts';

let api: RunningApi;
let admin: Kubeconfig;

beforeEach(async () => {
  api = await startSomeApi();
  admin = api.kubeconfig('kubernetes-admin', ['kubeadm:cluster-admins']);
});

afterEach(() => api.close());

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Trusts the cluster's authority and nothing else, and shows a certificate only when given one. */
async function call(path: string, as?: Kubeconfig, { method, headers, body }: RequestOptions & { body?: object } = {}) {
  const identity = as && { cert: as.certificate, key: as.key.reveal() };
  const options = { ca: api.authority.certificate, agent: false, method, headers, ...identity };
  const sent = request(`${admin.server}${path}`, options).end(body && JSON.stringify(body));
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, text: await text(response) } as Answer;
}

function json({ text: content }: Answer) {
  return JSON.parse(content);
}

describe('the stand-in for a Kubernetes API', () => {
  it('tells everybody whether it is ready, and its version', async () => {
    expect(await call('/readyz')).toEqual({ status: 200, text: 'ok' });
    expect(await call('/livez?verbose')).toEqual({ status: 200, text: 'ok' });
    expect(json(await call('/version'))).toMatchObject({ major: '1', minor: '34', gitVersion: 'v1.34.2' });
  });

  it('tells nobody else anything', async () => {
    const { status, text: said } = await call('/api/v1/nodes');

    expect(status).toBe(403);
    expect(JSON.parse(said)).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
    });
    expect((await call('/api/v1')).status).toBe(404);
  });

  it.each(['Bearer abcdef.0123456789abcdef', 'Basic YWRtaW46YWRtaW4='])('knows nobody by %s', async (authorization) => {
    const { status } = await call('/api/v1/nodes', undefined, { headers: { authorization } });

    expect(status).toBe(401);
  });

  it('knows nobody by a certificate that has expired', async () => {
    const expired = api.kubeconfig('alice', ['slipway:admin'], new Date(Date.now() - 1000));

    const answer = await call('/api/v1/nodes', expired);

    expect(answer.status).toBe(401);
    expect(json(answer)).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
  });

  it('lists the nodes of the moment', async () => {
    api.nodes.push(bootedNode({ name: 'staging-node-abcde', role: 'node', address: '10.0.0.6' }));

    const list = json(await call('/api/v1/nodes', admin));

    expect(list.kind).toBe('NodeList');
    expect(list.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'staging-control-plane',
      'staging-node-abcde',
    ]);
    expect(list.items[0].metadata.labels).toHaveProperty('node-role.kubernetes.io/control-plane');
    expect(list.items[1].status.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
  });

  it('gives a long list in pages', async () => {
    api.nodes.push(bootedNode({ name: 'b' }), bootedNode({ name: 'c' }));

    const first = json(await call('/api/v1/nodes?limit=2', admin));
    const second = json(await call(`/api/v1/nodes?limit=2&continue=${first.metadata.continue}`, admin));

    expect(first.items).toHaveLength(2);
    expect(first.metadata.remainingItemCount).toBe(1);
    expect(second.items).toHaveLength(1);
    expect(second.metadata).not.toHaveProperty('continue');
  });

  it.each([
    ['GET', '/api/v1/nodes/unknown', 404, 'nodes "unknown" not found'],
    ['GET', '/api/v1/unknown', 404, 'the server could not find the requested resource'],
    ['GET', '/elsewhere', 404, 'the server could not find the requested resource'],
    ['PUT', '/api/v1/nodes/staging-control-plane', 405, 'the server does not allow this method'],
    ['PATCH', '/api/v1/nodes/staging-control-plane', 415, 'accepted media types include: application/json-patch+json'],
    ['POST', '/api/v1/nodes', 405, 'the server does not allow this method'],
    ['POST', '/api/v1/namespaces/default/services', 400, 'metadata.name: Required value'],
  ])('answers %s %s with %i', async (method, path, code, message) => {
    const answer = await call(path, admin, { method, ...(method === 'POST' && { body: {} }) });

    expect(answer.status).toBe(code);
    expect(json(answer)).toMatchObject({ kind: 'Status', code, message: expect.stringContaining(message) });
  });

  it('takes JSON and nothing else', async () => {
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
    const path = '/api/v1/namespaces/default/services';

    const answer = await call(path, admin, { method: 'POST', headers, body: { metadata: { name: 'web' } } });

    expect(json(answer)).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
  });

  it('makes no second object of a name', async () => {
    const body = { metadata: { name: 'web' }, spec: { type: 'LoadBalancer' } };
    const path = '/api/v1/namespaces/default/services';

    const first = await call(path, admin, { method: 'POST', body });
    const second = await call(path, admin, { method: 'POST', body });

    expect(first.status).toBe(201);
    expect(json(second)).toMatchObject({ code: 409, message: 'services "web" already exists' });
  });

  it.each([
    ['slipway:view', 'GET', 200],
    ['slipway:view', 'POST', 403],
    ['slipway:edit', 'POST', 201],
    ['slipway:admin', 'POST', 201],
  ])('gives the group %s for %s of a Service %i', async (group, method, code) => {
    const body = { metadata: { name: 'web' } };
    const user = api.kubeconfig('alice', ['others', group]);

    const { status } = await call('/api/v1/namespaces/default/services', user, {
      method,
      ...(method === 'POST' && { body }),
    });

    expect(status).toBe(code);
  });

  it('says what there is, as kubectl asks before anything else', async () => {
    expect(json(await call('/api', admin))).toMatchObject({ versions: ['v1'] });
    expect(json(await call('/apis', admin)).groups).toMatchObject([
      { name: 'policy' },
      { name: 'certificates.k8s.io' },
    ]);
    const { resources } = json(await call('/api/v1', admin));
    expect(resources).toContainEqual({
      name: 'services',
      singularName: 'service',
      shortNames: ['svc'],
      kind: 'Service',
      namespaced: true,
      verbs: ['get', 'list', 'create', 'delete'],
    });
  });

  it('has what a ReplicaSet made come back on another node when it is evicted, under a new name', async () => {
    api.nodes.push(bootedNode({ name: 'n1', role: 'node' }), bootedNode({ name: 'n2', role: 'node' }));
    const patch = { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' } };
    const on = async (node: string): Promise<string[]> =>
      json(await call(`/api/v1/pods?fieldSelector=spec.nodeName=${node}`, admin)).items.map(
        ({ metadata }: { metadata: { name: string } }) => metadata.name,
      );
    await call('/api/v1/nodes/n1', admin, { ...patch, body: { spec: { unschedulable: true } } });
    const before = await on('n1');
    const moving = before.filter((name) => name.startsWith('coredns'));

    for (const name of moving) {
      const path = `/api/v1/namespaces/kube-system/pods/${name}/eviction`;
      const body = { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name, namespace: 'kube-system' } };
      expect((await call(path, admin, { method: 'POST', body })).status).toBe(201);
    }

    expect(moving).toHaveLength(1);
    expect(await on('n1')).toEqual(before.filter((name) => !moving.includes(name)));
    expect((await on('n2')).filter((name) => name.startsWith('coredns'))).toHaveLength(1);
    expect(await on('n2')).not.toContain(moving[0]);
  });

  it('forgets a node that is deleted, until its kubelet starts again', async () => {
    api.nodes.push(bootedNode({ name: 'n1', role: 'node' }));

    const { status } = await call('/api/v1/nodes/n1', admin, { method: 'DELETE' });

    expect(status).toBe(200);
    expect(json(await call('/api/v1/nodes', admin)).items).toHaveLength(1);
    api.nodes[1] = bootedNode({ name: 'n1', role: 'node', joinedAt: new Date() });
    expect(json(await call('/api/v1/nodes', admin)).items).toHaveLength(2);
  });

  it('has nodes that are not ready where there is no network', async () => {
    await api.close();
    api = await startSomeApi({ cni: 'none' });
    admin = api.kubeconfig('kubernetes-admin', ['kubeadm:cluster-admins']);

    const { items } = json(await call('/api/v1/nodes', admin));

    expect(items[0].status.conditions).toMatchObject([{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }]);
  });
});
