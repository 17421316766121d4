import { createVolume } from '../cinder/volumes.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { createPort, dropPort, portOf } from '../neutron/ports.ts';
import { defaultSecurityGroup, visibleSecurityGroups } from '../neutron/security-groups.ts';
import type { Port } from '../neutron/state.ts';
import { uuid } from '../support/ids.ts';
import { listOf, mapOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { findKeypair } from './keypairs.ts';
import { checkCount, checkQuota, quotaOf } from './quotas.ts';
import type { Flavor, Server, ServerGroup } from './state.ts';

/** Most characters of user data in base 64; Nova's schema says so. */
const longestUserData = 65_535;

/**
 * Makes a server: BUILD now, ACTIVE a little later, or ERROR if no host can have it. 400 for a flavor, image or key that
 * is not there, 403 over quota.
 */
export function createServer(world: World, caller: Caller, body: Record<string, unknown>): Server {
  const given = mapOf(body.server);
  const flavor = flavorOf(world, given.flavorRef);
  const devices = listOf(given.block_device_mapping_v2).map(mapOf);
  const imageId = devices.length > 0 && !given.imageRef ? undefined : imageIdOf(world, caller, given.imageRef);
  const zone = zoneOf(given.availability_zone);
  checkKey(world, caller, given.key_name);
  if (String(given.user_data ?? '').length > longestUserData) {
    throw badRequest(`Invalid input for field/attribute user_data. Value is too long`);
  }
  checkQuota(world.nova, caller.projectId, flavor);
  const group = groupOf(world, mapOf(body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints']).group);
  const id = uuid();
  const groups = securityGroupIds(world, caller, given.security_groups);
  const { ports, own } = portsOf(world, caller, id, given.networks, groups.ids);
  const volumes = devices.map((device) => volumeOf(world, caller, device));
  const now = new Date();
  const server: Server = {
    id,
    name: String(given.name ?? ''),
    projectId: caller.projectId,
    userId: caller.userId,
    flavor,
    imageId,
    volumes,
    keyName: textOf(given.key_name) ?? null,
    userData: textOf(given.user_data) ?? null,
    metadata: Object.fromEntries(Object.entries(mapOf(given.metadata)).map(([key, value]) => [key, String(value)])),
    securityGroups: groups.names,
    portIds: ports.map((port) => port.id),
    ownPortIds: own,
    status: 'BUILD',
    taskState: 'scheduling',
    fault: undefined,
    availabilityZone: zone ?? '',
    createdAt: now,
    updatedAt: now,
    launchedAt: undefined,
    deleting: false,
  };
  world.nova.servers.set(id, server);
  const crowded = isCrowded(world, group);
  group?.memberIds.push(id);
  settle(world, server, crowded);
  return server;
}

/** The server, or a 404. */
export function serverOf(world: World, caller: Caller, id: string): Server {
  const server = world.nova.servers.get(id);
  if (server === undefined || !(caller.isAdmin || server.projectId === caller.projectId)) {
    throw new ApiError(404, 'itemNotFound', `Instance ${id} could not be found.`);
  }
  return server;
}

/** The servers of the caller's project, or of all of them, newest first. */
export function serversOf(world: World, caller: Caller, allProjects = false): Server[] {
  const servers = [...world.nova.servers.values()].reverse();
  return allProjects ? servers : servers.filter(({ projectId }) => projectId === caller.projectId);
}

/** Begins to delete a server; a little later it is gone, with the ports that Nova made for it. */
export function deleteServer(world: World, caller: Caller, id: string): void {
  const server = serverOf(world, caller, id);
  if (server.deleting) return;
  server.deleting = true;
  server.taskState = 'deleting';
  world.later('serverDelete', () => vanish(world, server));
}

/** The ports of a server, in the order in which it got them. */
export function serverPorts(world: World, server: Server): Port[] {
  return server.portIds.map((id) => world.neutron.ports.get(id)).filter((port) => port !== undefined);
}

function settle(world: World, server: Server, crowded: boolean): void {
  const noHost = crowded || (isControlPlane(server) && world.faults.strikes('stack'));
  world.later('server', () => {
    server.updatedAt = new Date();
    if (server.deleting) return;
    server.taskState = null;
    if (noHost) {
      const message = 'No valid host was found. There are not enough hosts available.';
      server.status = 'ERROR';
      server.fault = { code: 500, message, created: new Date() };
      return;
    }
    server.status = 'ACTIVE';
    server.availabilityZone = onlyZone;
    server.launchedAt = new Date();
    for (const port of serverPorts(world, server)) port.status = 'ACTIVE';
  });
}

/** The fault goes for the server that a cluster cannot do without. */
function isControlPlane({ name }: Server): boolean {
  return /master|control/i.test(name);
}

function vanish(world: World, server: Server): void {
  world.nova.servers.delete(server.id);
  for (const port of serverPorts(world, server)) {
    if (server.ownPortIds.includes(port.id)) dropPort(world.neutron, port);
    else Object.assign(port, { deviceId: '', deviceOwner: '', status: 'DOWN' });
  }
  for (const { id, ownedByServer } of server.volumes) if (ownedByServer) world.cinder.volumes.delete(id);
  for (const group of world.nova.serverGroups.values()) {
    group.memberIds = group.memberIds.filter((id) => id !== server.id);
  }
}

function flavorOf(world: World, reference: unknown): Flavor {
  const flavor = world.nova.flavors.get(String(reference));
  if (flavor === undefined) throw badRequest(`Flavor ${String(reference)} could not be found.`);
  return flavor;
}

function imageIdOf(world: World, caller: Caller, reference: unknown): string {
  const id = String(reference ?? '');
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw badRequest(
      `Invalid input for field/attribute imageRef. Value: ${id}. '${id}' is not valid under any of the given schemas`,
    );
  }
  const image = world.glance.images.get(id);
  const visible =
    image !== undefined &&
    (image.owner === caller.projectId || image.properties.visibility === 'public' || caller.isAdmin);
  if (!visible) throw badRequest('Can not find requested image');
  if (image.status !== 'active') throw badRequest(`Image ${id} is not active.`);
  return id;
}

/** The one zone that there is. */
const onlyZone = 'nova';

function zoneOf(given: unknown): string | undefined {
  const zone = textOf(given);
  if (zone === undefined || zone === onlyZone) return zone;
  throw badRequest('The requested availability zone is not available');
}

/** A volume of a server: one that is there, or a new one with an image on it. */
function volumeOf(world: World, caller: Caller, device: Record<string, unknown>): Server['volumes'][number] {
  const { source_type, uuid: source, volume_size, delete_on_termination } = device;
  const ownedByServer = delete_on_termination === true;
  if (source_type !== 'volume') {
    imageIdOf(world, caller, source);
    return { id: createVolume(world.cinder, caller, { size: Number(volume_size) }).id, ownedByServer };
  }
  const found = world.cinder.volumes.get(String(source));
  if (found === undefined) throw badRequest(`Block Device Mapping is Invalid: failed to get volume ${source}.`);
  return { id: found.id, ownedByServer };
}

function checkKey(world: World, caller: Caller, name: unknown): void {
  if (name === undefined || name === null) return;
  if (findKeypair(world.nova, caller.userId, String(name)) === undefined)
    throw badRequest('Invalid key_name provided.');
}

function securityGroupIds(world: World, caller: Caller, given: unknown): { ids: string[]; names: string[] } {
  const asked = listOf(given).map((group) => String(mapOf(group).name));
  if (asked.length === 0) return { ids: [defaultSecurityGroup(world.neutron, caller).id], names: ['default'] };
  const groups = asked.map((nameOrId) => {
    const group = visibleSecurityGroups(world.neutron, caller).find(
      ({ id, name }) => id === nameOrId || name === nameOrId,
    );
    if (group === undefined) throw badRequest(`Security group ${nameOrId} not found for project ${caller.projectId}.`);
    return group;
  });
  return { ids: groups.map(({ id }) => id), names: groups.map(({ name }) => name) };
}

function portsOf(
  world: World,
  caller: Caller,
  serverId: string,
  given: unknown,
  securityGroups: string[],
): { ports: Port[]; own: string[] } {
  const own: string[] = [];
  const device = { device_id: serverId, device_owner: 'compute:nova' };
  const ports = listOf(given)
    .map(mapOf)
    .map((network) => {
      if (network.port !== undefined) {
        const port = freePort(world, caller, String(network.port));
        return Object.assign(port, { deviceId: serverId, deviceOwner: 'compute:nova' });
      }
      const fixed = network.fixed_ip === undefined ? {} : { fixed_ips: [{ ip_address: network.fixed_ip }] };
      const made = createPort(world.neutron, caller, {
        network_id: network.uuid,
        security_groups: securityGroups,
        ...fixed,
        ...device,
      });
      own.push(made.id);
      return made;
    });
  return { ports, own };
}

function freePort(world: World, caller: Caller, id: string): Port {
  const port = portOf(world.neutron, caller, id);
  if (port.deviceId !== '') throw new ApiError(409, 'conflictingRequest', `Port ${id} is still in use.`);
  return port;
}

/** The server group that a server is to be of; 403 when it has as many as it may. */
function groupOf(world: World, id: unknown): ServerGroup | undefined {
  const group = world.nova.serverGroups.get(String(id ?? ''));
  if (group === undefined) return undefined;
  const { serverGroupMembers } = quotaOf(world.nova, group.projectId);
  checkCount(group.memberIds.length + 1, serverGroupMembers, 'servers in group');
  return group;
}

/** There is one host, which servers that must be apart cannot share. */
function isCrowded(world: World, group: ServerGroup | undefined): boolean {
  if (group?.policy !== 'anti-affinity') return false;
  return group.memberIds.some((id) => world.nova.servers.get(id)?.status !== 'ERROR');
}

function badRequest(message: string): ApiError {
  return new ApiError(400, 'badRequest', message);
}
