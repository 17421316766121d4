import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedStore } from '../../../jobs/cluster-store.ts';
import { packStates } from '../../../jobs/release/pack-states.ts';
import type { Run } from '../../../jobs/run.ts';
import { type SignedObject, type SignedStore, stackParameters } from '../../../src/clusters/stack.ts';
import { isNotFound } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/log.ts';
import { deleteImage } from '../../../src/openstack/glance/images.ts';
import type { Stack } from '../../../src/openstack/heat/stack.ts';
import { createStack, deleteStack, getStack, type StackRef } from '../../../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../../../src/openstack/heat/template-files.ts';
import { listFloatingIps } from '../../../src/openstack/neutron/floating-ips.ts';
import { listNetworks } from '../../../src/openstack/neutron/networks.ts';
import { createKeypair, deleteKeypair } from '../../../src/openstack/nova/keypairs.ts';
import { listServers } from '../../../src/openstack/nova/servers.ts';
import type { OpenStack } from '../../../src/openstack/openstack.ts';
import { createContainer, deleteContainer, listContainers } from '../../../src/openstack/swift/containers.ts';
import { deleteObject, listObjects, putObject } from '../../../src/openstack/swift/objects.ts';
import { signObjectUrl } from '../../../src/openstack/swift/temp-url.ts';
import { ensureTempUrlKey } from '../../../src/openstack/swift/temp-url-key.ts';
import { isFakeHypervisor, startNodes } from '../../../src/playground/nodes/nodes.ts';
import { newPublicKey } from '../../contracts/public-key.ts';
import { connectToCloud, eventually } from '../../contracts/support.ts';
import { stagingSpec } from '../../support/fixtures.ts';
import { probeApi } from '../../support/probe-api.ts';
import { makeTinyImage } from '../../support/tiny-image.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';
const name = `nodes-${randomBytes(3).toString('hex')}`;

let openstack: OpenStack;
let operator: OpenStack;
let directory: string;
let objects: SignedObject[];
let imageId: string;
let nodes: { close(): Promise<void> };
const stacks: StackRef[] = [];

beforeAll(async () => {
  openstack = await connectToCloud(cloudsFile, 'lab');
  operator = await connectToCloud(cloudsFile, 'lab-admin');
  directory = await mkdtemp(join(tmpdir(), 'slipway-nodes-'));
  objects = await publishRelease();
  await createKeypair(openstack.nova, { name, publicKey: newPublicKey() });
  imageId = (await makeTinyImage(openstack.glance, name)).id;
  nodes = await startNodes({ openstack: operator, log: silentLogger(), pace: 'none' });
});

afterAll(async () => {
  for (const stack of stacks) await remove(stack);
  await nodes.close();
  await deleteImage(openstack.glance, imageId);
  await deleteKeypair(openstack.nova, name);
  for (const object of await listObjects(openstack.swift, name)) await deleteObject(openstack.swift, name, object.name);
  await deleteContainer(openstack.swift, name);
  await openstack.close();
  await operator.close();
  await rm(directory, { recursive: true, force: true });
});

/** A release of two objects in Swift; its servers fetch them and look at their size and digest. */
async function publishRelease(): Promise<SignedObject[]> {
  const states = join(directory, 'kubernetes-salt.tar.gz');
  await packStates('templates/salt', states);
  await createContainer(openstack.swift, name);
  return Promise.all([
    publish('kubernetes', 'kubernetes-server-linux-amd64.tar.gz', randomBytes(100_000)),
    publish('states', 'kubernetes-salt.tar.gz', await readFile(states)),
  ]);
}

async function publish(kind: SignedObject['kind'], object: string, content: Buffer): Promise<SignedObject> {
  await putObject(openstack.swift, {
    container: name,
    object,
    content: () => Readable.from([content]),
    size: content.length,
    md5: createHash('md5').update(content).digest('hex'),
    contentType: 'application/gzip',
  });
  const key = await ensureTempUrlKey(openstack.swift, name);
  const url = await signObjectUrl(openstack.swift, { container: name, object, key, lifetimeMs: 3_600_000 });
  return { kind, name: object, url, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** What servers of a cluster may read and write, in the test's own container. */
function storeOf(deployment: string): Promise<SignedStore> {
  const signal = new AbortController().signal;
  return signedStore({
    openstack,
    deployment: { id: deployment, steps: { credential: { result: { container: name, kind: 'none' } } } },
    tools: { mutex: { run: (_: string, within: AbortSignal, work: (signal: AbortSignal) => unknown) => work(within) } },
    signal,
  } as unknown as Run);
}

async function create(
  cluster: string,
  nodeCount: number,
  served: readonly SignedObject[] = objects,
): Promise<StackRef> {
  const deployment = `${cluster}-1`;
  const spec = { ...stagingSpec, name: cluster, nodes: { ...stagingSpec.nodes, count: nodeCount } };
  const owner = { id: deployment, cluster, channel: 'C0DEPLOYS', requestedBy: 'U0DEVELOPER', requestedAt: 0, spec };
  const made = { image: imageId, keypair: name, version: 'v1.34.2', release: 'v1.34.2-0123456789ab' };
  const ref = await createStack(openstack.heat, {
    ...(await loadTemplate('templates/heat/cluster.yaml')),
    name: `slipway-${cluster}`,
    parameters: stackParameters(owner, { ...made, objects: served, store: await storeOf(deployment) }),
  });
  stacks.push(ref);
  return ref;
}

async function ended(ref: StackRef): Promise<Stack> {
  return eventually(async () => {
    const stack = await getStack(openstack.heat, ref, { resolveOutputs: true });
    return stack.state === 'IN_PROGRESS' ? undefined : stack;
  }, 1_000);
}

async function remove(ref: StackRef): Promise<void> {
  await deleteStack(openstack.heat, ref);
  await eventually(async () => {
    try {
      const { status } = await getStack(openstack.heat, ref, { resolveOutputs: false });
      return status === 'DELETE_COMPLETE' ? true : undefined;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  }, 1_000);
}

describe('a cluster on a cloud whose servers never boot', () => {
  it('is known to be one, to an operator', async () => {
    expect(await isFakeHypervisor(operator)).toBe(true);
    expect(await isFakeHypervisor(openstack)).toBe(false);
  });

  it('comes up complete, answers, and is gone without a trace', async () => {
    const containers = (await listContainers(openstack.swift, { prefix: name })).length;
    const ref = await create(`${name}-a`, 1);
    const { status, statusReason, outputs } = await ended(ref);

    expect(`${status}: ${statusReason}`).toMatch(/^CREATE_COMPLETE/);
    expect(outputs).toMatchObject({
      api_url: `https://${outputs.api_address}:6443`,
      control_plane_names: { 0: `${name}-a-control-plane-0` },
      control_plane_addresses: { 0: expect.stringMatching(/^10\.123\.0\.\d+$/) },
      node_names: { 0: `${name}-a-node-0` },
    });
    const [signalled] = Object.values(outputs.control_plane_signals ?? {});
    const said = JSON.parse(String(signalled));
    expect(JSON.parse(said[`${name}-a-control-plane-0`])).toEqual({
      hostname: `${name}-a-control-plane-0`,
      release: 'v1.34.2-0123456789ab',
      version: 'v1.34.2',
    });

    const apiUrl = String(outputs.api_url);
    await eventually(async () => (await probeApi(apiUrl, { timeoutMs: 2_000 })).ready || undefined);

    await remove(ref);

    await eventually(async () => !(await probeApi(apiUrl, { timeoutMs: 2_000 })).ready || undefined);
    const [servers, addresses, networks] = await Promise.all([
      listServers(openstack.nova, { name: `${name}-a-control-plane-0` }),
      listFloatingIps(openstack.neutron, { address: String(outputs.api_address) }),
      listNetworks(openstack.neutron, { name: `${name}-a` }),
    ]);
    expect({ servers, addresses, networks }).toEqual({ servers: [], addresses: [], networks: [] });
    expect(await listContainers(openstack.swift, { prefix: name })).toHaveLength(containers);
  });

  it('fails with the reason of the server that could not start', async () => {
    const broken = objects.map((object) => (object.kind === 'states' ? { ...object, sha256: '0'.repeat(64) } : object));
    const ref = await create(`${name}-b`, 0, broken);

    const { status, statusReason } = await ended(ref);

    expect(status).toBe('CREATE_FAILED');
    expect(statusReason).toContain('control_plane_boot: kubernetes-salt.tar.gz has sha256');
  });
});
