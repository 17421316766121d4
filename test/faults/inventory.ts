import { listImages } from '../../src/openstack/glance/images.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listApplicationCredentials } from '../../src/openstack/keystone/application-credentials.ts';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listPorts } from '../../src/openstack/neutron/ports.ts';
import { listRouters } from '../../src/openstack/neutron/routers.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { listKeypairs } from '../../src/openstack/nova/keypairs.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { listLoadBalancers } from '../../src/openstack/octavia/load-balancers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { listContainers } from '../../src/openstack/swift/containers.ts';
import { listObjects } from '../../src/openstack/swift/objects.ts';

/** What a project has, by kind: a line each, the same for two things that are alike. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

/** Everything that a cluster is made of or needs, except for what every project has. */
export async function takeInventory(openstack: OpenStack): Promise<Inventory> {
  const { heat, glance, keystone, nova, neutron, octavia, swift } = openstack;
  const containers = (await listContainers(swift)).map(({ name }) => name);
  const objects = containers.map(async (container) =>
    (await listObjects(swift, container)).map(
      ({ name, size }) => `${container}/${plain(name)}${writtenByServers(container) ? '' : ` ${size}`}`,
    ),
  );
  return sorted({
    stacks: (await listStacks(heat, { nested: true })).map(({ name, status }) => `${bare(name)} ${status}`),
    servers: (await listServers(nova)).map(({ name, status }) => `${bare(name)} ${status}`),
    images: (await listImages(glance)).map(({ name, status, size }) => `${name} ${status} ${size ?? 0}`),
    credentials: (await listApplicationCredentials(keystone)).map(({ name }) => plain(name)),
    keypairs: (await listKeypairs(nova)).map(({ name }) => name),
    containers,
    objects: (await Promise.all(objects)).flat(),
    networks: (await listNetworks(neutron)).map(({ name }) => name),
    routers: (await listRouters(neutron)).map(({ name }) => name),
    ports: (await listPorts(neutron)).map(({ name }) => bare(name)),
    loadBalancers: (await openstack.offers('octavia'))
      ? (await listLoadBalancers(octavia)).map(({ name }) => name)
      : [],
    floatingIps: (await listFloatingIps(neutron)).map(({ status }) => status),
    securityGroups: (await listSecurityGroups(neutron)).map(({ name }) => name),
  });
}

/** Members of a group, and the stacks that they are, are called by chance. */
function bare(name: string): string {
  return name.replaceAll(/-[a-z0-9]{12}\b/g, '-?').replace(/-node-[a-z0-9]{5}$/, '-node-?');
}

/** What is in there has keys and times in it, and is of another size each time. */
function writtenByServers(container: string): boolean {
  return container.startsWith('slipway-cluster-');
}

/** Ids of deployments, which the things of a cluster are called by, differ from run to run. */
function plain(name: string): string {
  return name.replace(/(^|slipway-)([a-z][a-z0-9-]*)-[0-9a-z]{14,15}(?=\/|$)/, '$1$2-?');
}

function sorted(inventory: Inventory): Inventory {
  return Object.fromEntries(Object.entries(inventory).map(([kind, lines]) => [kind, [...lines].sort()]));
}
