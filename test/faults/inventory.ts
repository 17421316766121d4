import { listImages } from '../../src/openstack/glance/images.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listPorts } from '../../src/openstack/neutron/ports.ts';
import { listRouters } from '../../src/openstack/neutron/routers.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { listKeypairs } from '../../src/openstack/nova/keypairs.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { listContainers } from '../../src/openstack/swift/containers.ts';
import { listObjects } from '../../src/openstack/swift/objects.ts';

/** What a project has, by kind: a line each, the same for two things that are alike. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

/** Everything that a cluster is made of or needs, except for what every project has. */
export async function takeInventory({ heat, glance, nova, neutron, swift }: OpenStack): Promise<Inventory> {
  const containers = (await listContainers(swift)).map(({ name }) => name);
  const objects = containers.map(async (container) =>
    (await listObjects(swift, container)).map(({ name, size }) => `${container}/${name} ${size}`),
  );
  return sorted({
    stacks: (await listStacks(heat, { nested: true })).map(({ name, status }) => `${bare(name)} ${status}`),
    servers: (await listServers(nova)).map(({ name, status }) => `${bare(name)} ${status}`),
    images: (await listImages(glance)).map(({ name, status, size }) => `${name} ${status} ${size ?? 0}`),
    keypairs: (await listKeypairs(nova)).map(({ name }) => name),
    containers,
    objects: (await Promise.all(objects)).flat(),
    networks: (await listNetworks(neutron)).map(({ name }) => name),
    routers: (await listRouters(neutron)).map(({ name }) => name),
    ports: (await listPorts(neutron)).map(({ name }) => bare(name)),
    floatingIps: (await listFloatingIps(neutron)).map(({ status }) => status),
    securityGroups: (await listSecurityGroups(neutron)).map(({ name }) => name),
  });
}

/** Members of a group, and the stacks that they are, are called by chance. */
function bare(name: string): string {
  return name.replaceAll(/-[a-z0-9]{12}\b/g, '-?').replace(/-node-[a-z0-9]{5}$/, '-node-?');
}

function sorted(inventory: Inventory): Inventory {
  return Object.fromEntries(Object.entries(inventory).map(([kind, lines]) => [kind, [...lines].sort()]));
}
