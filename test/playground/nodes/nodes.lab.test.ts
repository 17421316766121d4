import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isNotFound } from '../../../src/errors.ts';
import { probeApi } from '../../../src/kubernetes/probe.ts';
import { buildRelease, type ReleaseFile } from '../../../src/kubernetes/release.ts';
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
import { deleteObject, putObject } from '../../../src/openstack/swift/objects.ts';
import { signUrl } from '../../../src/openstack/swift/temp-url.ts';
import { ensureTempUrlKey } from '../../../src/openstack/swift/temp-url-key.ts';
import { createKubernetesTree } from '../../../src/playground/kubernetes-tree/tree.ts';
import { isFakeHypervisor, startNodes } from '../../../src/playground/nodes/nodes.ts';
import { newPublicKey } from '../../contracts/public-key.ts';
import { connectToCloud, eventually } from '../../contracts/support.ts';
import { makeTinyImage } from '../../support/tiny-image.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';
const name = `nodes-${randomBytes(3).toString('hex')}`;
const object = 'kubernetes-server-linux-amd64.tar.gz';

let openstack: OpenStack;
let operator: OpenStack;
let directory: string;
let server: ReleaseFile;
let serverUrl: string;
let imageId: string;
let nodes: { close(): Promise<void> };
const stacks: StackRef[] = [];

beforeAll(async () => {
  openstack = await connectToCloud(cloudsFile, 'lab');
  operator = await connectToCloud(cloudsFile, 'lab-admin');
  directory = await mkdtemp(join(tmpdir(), 'slipway-nodes-'));
  server = await buildServerTarball();
  serverUrl = await publish(server);
  await createKeypair(openstack.nova, { name, publicKey: newPublicKey() });
  imageId = (await makeTinyImage(openstack.glance, name)).id;
  nodes = await startNodes({ openstack: operator, log: silentLogger(), pace: 'none' });
});

afterAll(async () => {
  for (const stack of stacks) await remove(stack);
  await nodes.close();
  await deleteImage(openstack.glance, imageId);
  await deleteKeypair(openstack.nova, name);
  await deleteObject(openstack.swift, name, object);
  await deleteContainer(openstack.swift, name);
  await openstack.close();
  await operator.close();
  await rm(directory, { recursive: true, force: true });
});

async function buildServerTarball(): Promise<ReleaseFile> {
  const { repository, tag } = await createKubernetesTree(join(directory, 'tree'));
  const { files } = await buildRelease({
    repository,
    ref: tag,
    target: 'quick-release',
    variables: {},
    directory: join(directory, 'data'),
    onProgress: () => undefined,
  });
  const found = files.find((file) => file.name === object);
  if (found === undefined) throw new Error('the build has no server tarball');
  return found;
}

async function publish({ path, size, md5 }: ReleaseFile): Promise<string> {
  await createContainer(openstack.swift, name);
  await putObject(openstack.swift, {
    container: name,
    object,
    content: () => createReadStream(path),
    size,
    md5,
    contentType: 'application/gzip',
  });
  const key = await ensureTempUrlKey(openstack.swift, name);
  const endpoint = await openstack.swift.endpoint();
  return signUrl({ endpoint, container: name, object, key, method: 'GET', expires: new Date(Date.now() + 3600_000) });
}

async function create(cluster: string, changes: Record<string, unknown> = {}): Promise<StackRef> {
  const ref = await createStack(openstack.heat, {
    ...(await loadTemplate('templates/heat/cluster.yaml')),
    name: `slipway-${cluster}`,
    parameters: {
      cluster_name: cluster,
      slipway: { cluster, deployment: `${cluster}-1` },
      image: imageId,
      control_plane_flavor: 'm1.medium',
      node_flavor: 'm1.small',
      key_name: name,
      external_network: 'gateway',
      network_cidr: '10.123.0.0/24',
      dns_nameservers: ['10.0.0.10'],
      node_count: 1,
      node_max: 3,
      kubernetes_version: 'v1.34.2',
      server_url: serverUrl,
      server_sha256: server.sha256,
      signal_timeout: 300,
      ...changes,
    },
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
    const ref = await create(`${name}-a`);
    const { status, statusReason, outputs } = await ended(ref);

    expect({ status, statusReason }).toMatchObject({ status: 'CREATE_COMPLETE' });
    const [nodeName] = Object.values(outputs.node_names ?? {});
    expect(nodeName).toMatch(new RegExp(`^${name}-a-node-[a-z]{5}$`));
    expect(outputs).toMatchObject({
      api_url: `https://${outputs.api_address}:6443`,
      control_plane_name: `${name}-a-control-plane`,
      control_plane_address: expect.stringMatching(/^10\.123\.0\.\d+$/),
    });
    const said = JSON.parse(String(outputs.control_plane_signal));
    expect(JSON.parse(said[`${name}-a-control-plane`])).toEqual({
      hostname: `${name}-a-control-plane`,
      sha256: server.sha256,
      version: 'v1.34.2',
    });

    const apiUrl = String(outputs.api_url);
    await eventually(async () => (await probeApi(apiUrl, { timeoutMs: 2_000 })).ready || undefined);

    await remove(ref);

    await eventually(async () => !(await probeApi(apiUrl, { timeoutMs: 2_000 })).ready || undefined);
    const [servers, addresses, networks] = await Promise.all([
      listServers(openstack.nova, { name: `${name}-a-control-plane` }),
      listFloatingIps(openstack.neutron, { address: String(outputs.api_address) }),
      listNetworks(openstack.neutron, { name: `${name}-a` }),
    ]);
    expect({ servers, addresses, networks }).toEqual({ servers: [], addresses: [], networks: [] });
    expect(await listContainers(openstack.swift, { prefix: name })).toHaveLength(containers);
  });

  it('fails with the reason of the server that could not start', async () => {
    const ref = await create(`${name}-b`, { server_sha256: '0'.repeat(64), node_count: 0 });

    const { status, statusReason } = await ended(ref);

    expect(status).toBe('CREATE_FAILED');
    expect(statusReason).toContain('control_plane_boot: the Kubernetes tarball has sha256');
  });
});
