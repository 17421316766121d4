import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { createPort, dropPort } from '../neutron/ports.ts';
import { subnetOf } from '../neutron/subnets.ts';
import { uuid } from '../support/ids.ts';
import { listOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { type Balancer, removeParts } from './state.ts';

type Attributes = Record<string, unknown>;

/** Makes a load balancer with an address in a subnet: PENDING_CREATE now, ACTIVE a little later. */
export function createBalancer(world: World, caller: Caller, given: Attributes): Balancer {
  const subnetId = textOf(given.vip_subnet_id);
  if (subnetId === undefined) {
    throw badRequest('Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.');
  }
  const subnet = subnetOf(world.neutron, caller, subnetId);
  const id = uuid();
  const address = textOf(given.vip_address);
  const port = createPort(world.neutron, caller, {
    name: `octavia-lb-${id}`,
    network_id: subnet.networkId,
    fixed_ips: [{ subnet_id: subnet.id, ...(address !== undefined && { ip_address: address }) }],
    device_id: `lb-${id}`,
    device_owner: 'Octavia',
  });
  const balancer: Balancer = {
    id,
    name: textOf(given.name) ?? '',
    description: textOf(given.description) ?? '',
    projectId: caller.projectId,
    tags: listOf(given.tags).map(String),
    portId: port.id,
    address: port.fixedIps[0]?.ip_address ?? '',
    subnetId: subnet.id,
    networkId: subnet.networkId,
    createdAt: new Date(),
    status: 'PENDING_CREATE',
  };
  world.octavia.balancers.set(id, balancer);
  world.later('balancer', () => settle(balancer));
  return balancer;
}

/** The load balancer, or a 404. */
export function balancerOf(world: World, caller: Caller, id: string): Balancer {
  const found = world.octavia.balancers.get(id);
  if (found !== undefined && (caller.isAdmin || found.projectId === caller.projectId)) return found;
  throw new ApiError(404, 'Client', `Load Balancer ${id} not found.`);
}

/** The load balancers that somebody sees. */
export function visibleBalancers({ octavia }: World, caller: Caller): Balancer[] {
  return [...octavia.balancers.values()].filter(({ projectId }) => caller.isAdmin || projectId === caller.projectId);
}

/** Begins a change; 409 while another one is under way. A little later it is ACTIVE again. */
export function changing(world: World, balancer: Balancer): void {
  assertMutable(balancer);
  balancer.status = 'PENDING_UPDATE';
  world.later('server', () => settle(balancer));
}

/** Begins to take a load balancer away; 400 with listeners or pools on it unless they are to go as well. */
export function deleteBalancer(world: World, caller: Caller, id: string, cascade: boolean): void {
  const balancer = balancerOf(world, caller, id);
  assertMutable(balancer);
  const hasParts = [...world.octavia.parts.values()].some(({ balancerId }) => balancerId === id);
  if (hasParts && !cascade) {
    throw badRequest(`Validation failure: Cannot delete Load Balancer ${id} - it has children`);
  }
  balancer.status = 'PENDING_DELETE';
  world.later('server', () => vanish(world, balancer));
}

/** A load balancer as the wire has it. */
export function balancerView(world: World, balancer: Balancer): Attributes {
  const { id, status } = balancer;
  const parts = [...world.octavia.parts.values()].filter(({ balancerId }) => balancerId === id);
  const ids = (kind: string): object[] => parts.filter((part) => part.kind === kind).map((part) => ({ id: part.id }));
  return {
    id,
    name: balancer.name,
    description: balancer.description,
    provisioning_status: status,
    operating_status: status === 'PENDING_CREATE' ? 'OFFLINE' : 'ONLINE',
    admin_state_up: true,
    project_id: balancer.projectId,
    tenant_id: balancer.projectId,
    provider: 'amphora',
    flavor_id: null,
    availability_zone: null,
    vip_address: balancer.address,
    vip_port_id: balancer.portId,
    vip_subnet_id: balancer.subnetId,
    vip_network_id: balancer.networkId,
    vip_qos_policy_id: null,
    additional_vips: [],
    listeners: ids('listener'),
    pools: ids('pool'),
    tags: balancer.tags,
    created_at: balancer.createdAt.toISOString().slice(0, 19),
    updated_at: null,
  };
}

function assertMutable({ id, status }: Balancer): void {
  if (!status.startsWith('PENDING_')) return;
  throw new ApiError(409, 'Client', `Load Balancer ${id} is immutable and cannot be updated.`);
}

function settle(balancer: Balancer): void {
  if (balancer.status !== 'PENDING_DELETE') balancer.status = 'ACTIVE';
}

function vanish(world: World, { id, portId }: Balancer): void {
  removeParts(world.octavia, (part) => part.balancerId === id);
  world.octavia.balancers.delete(id);
  const port = world.neutron.ports.get(portId);
  if (port !== undefined) dropPort(world.neutron, port);
}

function badRequest(message: string): ApiError {
  return new ApiError(400, 'Client', message);
}
