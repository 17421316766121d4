import { createHash } from 'node:crypto';
import type { Caller } from '../keystone/state.ts';
import { microseconds, seconds } from '../support/times.ts';
import type { World } from '../world.ts';
import { atLeast } from './microversion.ts';
import { serverPorts } from './servers.ts';
import type { Flavor, Server } from './state.ts';

/** A server as GET /servers has it. */
export function serverSummary(world: World, { id, name }: Server): Record<string, unknown> {
  return { id, name, links: links(world, id) };
}

/** The links of a server. */
export function links(world: World, id: string): object[] {
  return [
    { rel: 'self', href: `${world.baseUrl}/compute/v2.1/servers/${id}` },
    { rel: 'bookmark', href: `${world.baseUrl}/compute/servers/${id}` },
  ];
}

/** A server with all that its reader may see in that microversion; user data and host are for administrators. */
export function serverView(world: World, server: Server, caller: Caller, version = '2.1'): Record<string, unknown> {
  const { id } = server;
  const isBuilt = server.launchedAt !== undefined;
  return {
    id,
    name: server.name,
    status: server.status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId: isBuilt ? createHash('sha224').update(`${server.projectId} playground`).digest('hex') : '',
    image: server.imageId === undefined ? '' : imageIn(world, server.imageId),
    flavor: flavorIn(world, server.flavor, version),
    created: seconds(server.createdAt),
    updated: seconds(server.updatedAt),
    addresses: addresses(world, server),
    accessIPv4: '',
    accessIPv6: '',
    links: links(world, id),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(server.status === 'ERROR' ? {} : { progress: 0 }),
    'OS-EXT-AZ:availability_zone': server.availabilityZone,
    config_drive: '',
    key_name: server.keyName,
    'OS-SRV-USG:launched_at': server.launchedAt === undefined ? null : microseconds(server.launchedAt),
    'OS-SRV-USG:terminated_at': null,
    ...(isBuilt ? { security_groups: server.securityGroups.map((name) => ({ name })) } : {}),
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': vmStates[server.status],
    'OS-EXT-STS:power_state': server.status === 'ACTIVE' ? 1 : 0,
    'os-extended-volumes:volumes_attached': server.volumes.map((volume) => ({ id: volume.id })),
    ...faultOf(server),
    ...laterFields(server, version),
    ...(caller.isAdmin ? forAdministrators(server, version) : {}),
  };
}

/** The addresses of a server by network, fixed and floating, as `addresses` of a server has them. */
export function addresses(world: World, server: Server): Record<string, object[]> {
  const found: Record<string, object[]> = {};
  for (const port of serverPorts(world, server)) {
    const name = world.neutron.networks.get(port.networkId)?.name ?? '';
    const list = found[name] ?? [];
    found[name] = list;
    for (const { ip_address } of port.fixedIps) list.push(address(ip_address, 'fixed', port.mac));
    for (const floating of world.neutron.floatingIps.values()) {
      if (floating.portId === port.id) list.push(address(floating.address, 'floating', port.mac));
    }
  }
  return found;
}

const vmStates = { BUILD: 'building', ACTIVE: 'active', ERROR: 'error', SHUTOFF: 'stopped' } as const;

function address(addr: string, type: string, mac: string): object {
  return { version: 4, addr, 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': mac };
}

function imageIn(world: World, id: string): object {
  return { id, links: [{ rel: 'bookmark', href: `${world.baseUrl}/compute/images/${id}` }] };
}

function flavorIn(world: World, flavor: Flavor, version: string): object {
  if (!atLeast(version, '2.47')) {
    return { id: flavor.id, links: [{ rel: 'bookmark', href: `${world.baseUrl}/compute/flavors/${flavor.id}` }] };
  }
  const { vcpus, ram, disk, name } = flavor;
  return { vcpus, ram, disk, ephemeral: 0, swap: 0, original_name: name, extra_specs: {} };
}

function faultOf(server: Server): object {
  if (server.fault === undefined) return {};
  const { code, message, created } = server.fault;
  return { fault: { code, created: seconds(created), message } };
}

function laterFields(server: Server, version: string): object {
  return {
    ...(atLeast(version, '2.9') ? { locked: false } : {}),
    ...(atLeast(version, '2.19') ? { description: null } : {}),
    ...(atLeast(version, '2.26') ? { tags: [] } : {}),
    ...(atLeast(version, '2.90') ? { 'OS-EXT-SRV-ATTR:hostname': server.name } : {}),
  };
}

function forAdministrators(server: Server, version: string): object {
  const host = server.launchedAt === undefined ? null : 'playground';
  return {
    'OS-EXT-SRV-ATTR:host': host,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': host,
    'OS-EXT-SRV-ATTR:instance_name': `instance-${server.id.slice(0, 8)}`,
    ...(atLeast(version, '2.3')
      ? {
          'OS-EXT-SRV-ATTR:hostname': server.name,
          'OS-EXT-SRV-ATTR:user_data': server.userData,
          'OS-EXT-SRV-ATTR:launch_index': 0,
        }
      : {}),
  };
}
