import { createHash, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../../../src/kubernetes/api/create-certificate.ts';
import { KubernetesApi } from '../../../src/kubernetes/api/kubernetes-api.ts';
import { listNodes } from '../../../src/kubernetes/api/nodes.ts';
import { listPods } from '../../../src/kubernetes/api/pods.ts';
import { serverVersion } from '../../../src/kubernetes/api/version.ts';
import { atServer, parseKubeconfig } from '../../../src/kubernetes/kubeconfig.ts';
import { parseReport } from '../../../src/kubernetes/report.ts';
import { silentLogger } from '../../../src/log.ts';
import type { Server } from '../../../src/openstack/nova/servers.ts';
import type { BootParameters } from '../../../src/playground/nodes/boot-script.ts';
import { StandInServer } from '../../../src/playground/nodes/stand-in-server.ts';
import type { UpgradeInstruction } from '../../../src/playground/nodes/upgrade.ts';
import { probeApi } from '../../support/probe-api.ts';
import { StandInCloud } from './stand-in-cloud.ts';

/** An address of this machine on which nothing else of it listens. */
const publicAddress = '127.24.99.7';
const apiUrl = `https://${publicAddress}:6443`;
const facts = { endpoint: '10.123.0.5', public_address: publicAddress };
const never = new AbortController().signal;

let cloud: StandInCloud;
let servers: Map<string, StandInServer>;

beforeEach(async () => {
  cloud = await StandInCloud.start();
  servers = new Map();
});

afterEach(async () => {
  await Promise.all([...servers.values()].map((server) => server.close()));
  cloud.close();
});

function start(name: string, address: string, parameters: BootParameters): StandInServer {
  const server: Server = {
    id: name,
    name,
    status: 'ACTIVE',
    createdAt: new Date(),
    flavor: 'm1.small',
    projectId: 'project-1',
    addresses: [{ address, kind: 'fixed', network: 'staging' }],
    metadata: {},
  };
  const peers = () => [...servers.values()];
  const standIn = new StandInServer({
    server,
    parameters: { ...parameters, facts },
    log: silentLogger(),
    peers,
    pollMs: 10,
    upgradeMs: 0,
  });
  servers.set(name, standIn);
  standIn.boot(0);
  return standIn;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

function object(name: string): string {
  return cloud.objects.get(name) ?? '';
}

/** Leaves an instruction for a server, to fetch the release that the cloud has. */
function instruct(hostname: string, step: 'apply' | 'node', changes: Partial<UpgradeInstruction> = {}): void {
  const { objects } = cloud.node();
  const known = { id: 'staging-m2-1', version: 'v1.35.1', release: 'v1.35.1-0123456789ab', role_step: step, objects };
  cloud.objects.set(`upgrades/${hostname}.json`, JSON.stringify({ ...known, ...changes }));
}

function outcome(hostname: string): Record<string, unknown> {
  return JSON.parse(object(`upgraded/${hostname}.json`) || '{}') as Record<string, unknown>;
}

/** Everything that was said of an upgrade's state, since "done" is written over "running". */
function told(hostname: string): number {
  return cloud.requests.filter((request) => request === `PUT upgraded/${hostname}.json`).length;
}

describe('a cluster of stand-ins', () => {
  it('comes up with its servers side by side, and answers at its public address', async () => {
    start('staging-node-1', '10.123.0.9', cloud.node());
    start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    start('staging-control-plane-1', '10.123.0.6', cloud.controlPlane({ index: '1' }));
    await until(() => cloud.signals.length === 3);

    expect(cloud.signals.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    const adminConf = parseKubeconfig(object('admin.conf'));
    expect(adminConf).toMatchObject({ cluster: 'kubernetes', server: 'https://10.123.0.5:6443' });
    const api = await KubernetesApi.connect(atServer(adminConf, apiUrl));
    expect(await listNodes(api)).toEqual([
      { name: 'staging-node-1', role: 'node', ready: true, version: 'v1.34.2', address: '10.123.0.9' },
      { name: 'staging-control-plane', role: 'control-plane', ready: true, version: 'v1.34.2', address: '10.123.0.5' },
      {
        name: 'staging-control-plane-1',
        role: 'control-plane',
        ready: true,
        version: 'v1.34.2',
        address: '10.123.0.6',
      },
    ]);
    expect((await listPods(api, 'kube-system')).filter(({ name }) => name.startsWith('etcd-'))).toHaveLength(2);
    const { certificate } = await createCertificate(api, { user: 'alice', groups: [], lifetimeSeconds: 600 });
    expect(new X509Certificate(certificate).verify(new X509Certificate(adminConf.ca).publicKey)).toBe(true);
    api.close();
  });

  it('leaves everything in the store before Heat hears of it', async () => {
    start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 1);

    expect(cloud.requests).toEqual([
      'GET release.tar.gz',
      'PUT admin.conf',
      'PUT join/node.json',
      'PUT join/control-plane.json',
      'PUT report.json',
      'signal',
    ]);
    const spki = new X509Certificate(parseKubeconfig(object('admin.conf')).ca).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    const forNodes = JSON.parse(object('join/node.json'));
    expect(forNodes).toEqual({
      endpoint: '10.123.0.5:6443',
      token: expect.stringMatching(/^[a-z0-9]{6}\.[a-z0-9]{16}$/),
      caCertHashes: [`sha256:${createHash('sha256').update(spki).digest('hex')}`],
      until: expect.any(String),
    });
    const forControlPlanes = JSON.parse(object('join/control-plane.json'));
    expect(forControlPlanes).toEqual({ ...forNodes, certificateKey: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { nodes, pods } = parseReport(object('report.json'));
    expect(nodes.map(({ name }) => name)).toEqual(['staging-control-plane']);
    expect(pods.filter(({ status }) => status === 'Running')).toHaveLength(pods.length);
  });

  it('reports when a node has joined, and no more often than it has to', async () => {
    const controlPlane = start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 1);
    start('staging-node-1', '10.123.0.9', cloud.node());
    await until(() => cloud.signals.length === 2);
    await controlPlane.serve(never);
    const asked = cloud.requests.length;

    await controlPlane.serve(never);

    expect(parseReport(object('report.json')).nodes).toHaveLength(2);
    expect(cloud.requests).toHaveLength(asked);
  });

  it('tells what stopped a server, which then is no node', async () => {
    const controlPlane = start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 1);
    const parameters = cloud.node();
    cloud.objects.set('release.tar.gz', 'another release');

    start('staging-node-1', '10.123.0.9', parameters);
    await until(() => cloud.signals.length === 2);

    const reason = 'server.tar.gz has 15 bytes, expected 9';
    expect(cloud.signals[1]).toMatchObject({ status: 'FAILURE', reason, id: 'staging-node-1' });
    expect(object('logs/staging-node-1.log')).toContain(reason);
    await controlPlane.serve(never);
    expect(parseReport(object('report.json')).nodes).toHaveLength(1);
  });

  it('upgrades its servers, each once it is told to, and tells its new version', async () => {
    const controlPlane = start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    const node = start('staging-node-1', '10.123.0.9', cloud.node());
    await until(() => cloud.signals.length === 2);

    instruct('staging-control-plane', 'apply');
    controlPlane.lookForInstruction();
    node.lookForInstruction();
    await until(() => outcome('staging-control-plane').state === 'done');
    await controlPlane.serve(never);
    const halfway = parseReport(object('report.json')).nodes.map(({ version }) => version);
    instruct('staging-node-1', 'node');
    await until(() => {
      node.lookForInstruction();
      return outcome('staging-node-1').state === 'done';
    });
    await controlPlane.serve(never);
    const api = await KubernetesApi.connect(atServer(parseKubeconfig(object('admin.conf')), apiUrl));
    const version = await serverVersion(api);
    api.close();

    expect(version).toBe('v1.35.1');
    expect(halfway.sort()).toEqual(['v1.34.2', 'v1.35.1']);
    expect(parseReport(object('report.json')).nodes.map(({ version }) => version)).toEqual(['v1.35.1', 'v1.35.1']);
    expect(outcome('staging-node-1')).toMatchObject({ id: 'staging-m2-1', reason: '', version: 'v1.35.1' });
  });

  it('follows an instruction once', async () => {
    const node = start('staging-node-1', '10.123.0.9', cloud.node());
    start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 2);
    instruct('staging-node-1', 'node');
    const asked = () => cloud.requests.filter((request) => request === 'GET upgrades/staging-node-1.json').length;

    await until(() => {
      node.lookForInstruction();
      return asked() >= 3;
    });

    expect(outcome('staging-node-1').state).toBe('done');
    expect(told('staging-node-1')).toBe(2);
  });

  it.each([
    ['a version that is too far away', { version: 'v1.36.0' }, 'state kubeadm-upgrade: kubeadm upgrade apply: '],
    ['a release that is none', { objects: [] }, 'reading the release: Kubernetes is not among the objects'],
  ])('tells of %s, leaves its log, and stays as it is', async (_what, changes, reason) => {
    const controlPlane = start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 1);

    instruct('staging-control-plane', 'apply', changes);
    controlPlane.lookForInstruction();
    await until(() => outcome('staging-control-plane').state === 'failed');
    await controlPlane.serve(never);

    expect(outcome('staging-control-plane').reason).toContain(reason);
    expect(object('logs/staging-control-plane.log')).toContain(`stopping: ${reason}`);
    expect(parseReport(object('report.json')).nodes).toMatchObject([{ version: 'v1.34.2' }]);
  });

  it('tells of an object with another digest', async () => {
    const controlPlane = start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 1);
    const objects = cloud.node().objects.map((each) => ({ ...each, sha256: '0'.repeat(64) }));

    instruct('staging-control-plane', 'apply', { objects });
    controlPlane.lookForInstruction();
    await until(() => outcome('staging-control-plane').state === 'failed');

    expect(outcome('staging-control-plane').reason).toMatch(
      /^server\.tar\.gz has sha256 .+, expected 000000000000\.\.\.$/,
    );
  });

  it('ends with its first control plane', async () => {
    const controlPlane = start('staging-control-plane', '10.123.0.5', cloud.controlPlane());
    await until(() => cloud.signals.length === 1);
    const before = await probeApi(apiUrl, { timeoutMs: 5_000 });

    await controlPlane.close();

    expect(before.ready).toBe(true);
    expect(await probeApi(apiUrl, { timeoutMs: 5_000 })).toMatchObject({ ready: false });
  });
});
