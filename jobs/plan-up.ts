import type { ClusterSpec } from '../src/clusters/cluster-spec.ts';
import type { Deployment } from '../src/clusters/deployment.ts';
import { stackName } from '../src/clusters/names.ts';
import type { Plan } from '../src/clusters/plan.ts';
import { DeployError, NameTakenError, UsageError } from '../src/errors.ts';
import { findImage, getImage } from '../src/openstack/glance/images.ts';
import { findStack } from '../src/openstack/heat/stacks.ts';
import { findNetwork, listNetworks } from '../src/openstack/neutron/networks.ts';
import { type Flavor, listFlavors } from '../src/openstack/nova/flavors.ts';
import { findKeypair } from '../src/openstack/nova/keypairs.ts';
import type { OpenStack } from '../src/openstack/openstack.ts';
import type { Tools } from './run.ts';

/** What `up` will make, after a look at what the cloud has. */
export async function planUp({ spec }: Deployment, tools: Tools, signal: AbortSignal): Promise<Plan> {
  const openstack = tools.openstack(spec);
  await assertNameFree(openstack, spec, signal);
  const flavors = await listFlavors(openstack.nova, {}, signal);
  const [controlPlane, nodes] = [spec.controlPlane.flavor, spec.nodes.flavor].map((name) => pick(flavors, name));
  await assertExternalNetwork(openstack, spec, signal);

  return {
    lines: [
      { label: 'Kubernetes', text: `${spec.kubernetes.version}, built from source (make ${spec.kubernetes.target})` },
      { label: 'Control plane', text: `1 × ${describe(controlPlane)}` },
      { label: 'Nodes', text: `${spec.nodes.count} × ${describe(nodes)}, up to ${spec.nodes.max}` },
      { label: 'Network', text: `${spec.network.cidr} behind a router to ${spec.network.external}, 1 floating IP` },
      { label: 'Image', text: await describeImage(openstack, spec.image, signal) },
      { label: 'Keypair', text: await describeKeypair(openstack, spec.keypair, signal) },
    ],
    warnings: [],
  };
}

async function assertNameFree(openstack: OpenStack, spec: ClusterSpec, signal: AbortSignal): Promise<void> {
  const name = stackName(spec.name);
  if ((await findStack(openstack.heat, name, signal)) === undefined) return;
  throw new NameTakenError(`A stack named ${name} exists already`, {
    hint: `If it is an older ${spec.name}, tear it down first: /k8s down ${spec.name}`,
  });
}

async function assertExternalNetwork(openstack: OpenStack, spec: ClusterSpec, signal: AbortSignal): Promise<void> {
  const wanted = spec.network.external;
  if (await findNetwork(openstack.neutron, wanted, { external: true }, signal)) return;
  const networks = await listNetworks(openstack.neutron, { external: true }, signal);
  throw new DeployError('network_missing', `The cloud has no external network ${wanted}`, {
    hint: `Set network.external of ${spec.name} in clusters.yaml to one of: ${listed(networks.map(({ name }) => name))}`,
  });
}

function pick(flavors: readonly Flavor[], name: string): Flavor {
  const flavor = flavors.find((candidate) => candidate.name === name || candidate.id === name);
  if (flavor) return flavor;
  throw new UsageError(`The cloud has no flavor ${name}`, {
    hint: `Choose one of: ${listed(flavors.map((candidate) => candidate.name))}`,
  });
}

function describe(flavor: Flavor | undefined): string {
  return flavor
    ? `${flavor.name} (${flavor.vcpus} ${flavor.vcpus === 1 ? 'core' : 'cores'}, ${Math.round(flavor.ramMib / 102.4) / 10} GiB)`
    : '';
}

async function describeImage(openstack: OpenStack, wanted: ClusterSpec['image'], signal: AbortSignal): Promise<string> {
  if ('id' in wanted) return `${(await getImage(openstack.glance, wanted.id, signal)).name}, already there`;
  const digest = wanted.sha512 === undefined ? {} : { checksum: wanted.sha512 };
  const found = await findImage(openstack.glance, wanted.name, digest, signal);
  if (found?.status === 'active') return `${wanted.name}, already there`;
  const source = wanted.file ?? wanted.url;
  if (source !== undefined) return `${wanted.name}, to be uploaded`;
  throw new DeployError('image_missing', `There is no image ${wanted.name} in Glance`, {
    hint: 'Upload it, or give the cluster’s image a file, or a url and its sha512, in clusters.yaml',
  });
}

async function describeKeypair(
  openstack: OpenStack,
  wanted: ClusterSpec['keypair'],
  signal: AbortSignal,
): Promise<string> {
  if (await findKeypair(openstack.nova, wanted.name, signal)) return `${wanted.name}, already there`;
  if (wanted.publicKey !== undefined) return `${wanted.name}, to be imported`;
  throw new DeployError('keypair_missing', `There is no keypair ${wanted.name} in Nova`, {
    hint: 'Make it there, or give its publicKey in clusters.yaml',
  });
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none that these credentials can see' : [...names].sort().join(', ');
}
