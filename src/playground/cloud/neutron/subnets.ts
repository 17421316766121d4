import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import { seconds } from '../support/times.ts';
import { listOf, mapOf } from '../support/values.ts';
import { overlap, rangeOf, toAddress } from './addresses.ts';
import { commonOf, renameWith } from './attributes.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { networkOf } from './networks.ts';
import { checkQuota } from './quotas.ts';
import type { NeutronState, Subnet } from './state.ts';

/** What a request may say of a subnet. */
export const subnetAttributes = [
  'name',
  'description',
  'network_id',
  'ip_version',
  'cidr',
  'gateway_ip',
  'allocation_pools',
  'dns_nameservers',
  'host_routes',
  'enable_dhcp',
  'ipv6_ra_mode',
  'ipv6_address_mode',
  'subnetpool_id',
  'prefixlen',
  'tenant_id',
  'project_id',
  'service_types',
  'segment_id',
  'dns_publish_fixed_ip',
];

/** Makes a subnet; 400 if its range overlaps with another of the network. */
export function createSubnet(neutron: NeutronState, caller: Caller, attributes: Record<string, unknown>): Subnet {
  const network = networkOf(neutron, caller, String(attributes.network_id));
  checkQuota(neutron, caller, 'subnet');
  const cidr = String(attributes.cidr ?? '');
  const range = rangeOf(cidr);
  if (range === undefined)
    throw badRequest('HTTPBadRequest', `Invalid input for cidr. Reason: '${cidr}' is not a valid IP subnet.`);
  const others = [...neutron.subnets.values()].filter(({ networkId }) => networkId === network.id);
  if (others.some((other) => overlap(range, rangeOf(other.cidr) ?? range))) {
    throw badRequest(
      'InvalidInput',
      `Invalid input for operation: Requested subnet with cidr: ${cidr} for network: ${network.id} overlaps with another subnet.`,
    );
  }
  const subnet: Subnet = {
    ...commonOf(attributes),
    id: uuid(),
    projectId: caller.projectId,
    networkId: network.id,
    ipVersion: Number(attributes.ip_version ?? 4),
    cidr,
    gatewayIp: gatewayOf(attributes.gateway_ip, range.first + 1),
    pools: poolsOf(attributes.allocation_pools, range.first + 2, range.last - 1),
    dnsNameservers: listOf(attributes.dns_nameservers).map(String),
    hostRoutes: listOf(attributes.host_routes),
    enableDhcp: attributes.enable_dhcp !== false,
  };
  neutron.subnets.set(subnet.id, subnet);
  return subnet;
}

/** The subnet, or a 404. */
export function subnetOf(neutron: NeutronState, caller: Caller, id: string): Subnet {
  const subnet = neutron.subnets.get(id);
  if (subnet === undefined || !isVisible(subnet, caller))
    throw notFound('SubnetNotFound', `Subnet ${id} could not be found.`);
  return subnet;
}

/** The subnets that somebody sees. */
export function visibleSubnets(neutron: NeutronState, caller: Caller): Subnet[] {
  return [...neutron.subnets.values()].filter((subnet) => isVisible(subnet, caller));
}

/** Changes a subnet's name or resolvers. */
export function updateSubnet(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  attributes: Record<string, unknown>,
): Subnet {
  const subnet = subnetOf(neutron, caller, id);
  renameWith(subnet, attributes);
  if (attributes.dns_nameservers !== undefined) subnet.dnsNameservers = listOf(attributes.dns_nameservers).map(String);
  if (attributes.enable_dhcp !== undefined) subnet.enableDhcp = attributes.enable_dhcp === true;
  return subnet;
}

/** Deletes a subnet; 409 while a port has an address of it. */
export function deleteSubnet(neutron: NeutronState, caller: Caller, id: string): void {
  const subnet = subnetOf(neutron, caller, id);
  const inUse = [...neutron.ports.values()].some(({ fixedIps }) => fixedIps.some((ip) => ip.subnet_id === subnet.id));
  if (inUse) {
    throw conflict(
      'SubnetInUse',
      `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
    );
  }
  neutron.subnets.delete(id);
}

/** A subnet as the wire has it. */
export function subnetView(subnet: Subnet): Record<string, unknown> {
  return {
    id: subnet.id,
    name: subnet.name,
    tenant_id: subnet.projectId,
    project_id: subnet.projectId,
    network_id: subnet.networkId,
    ip_version: subnet.ipVersion,
    subnetpool_id: null,
    enable_dhcp: subnet.enableDhcp,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    gateway_ip: subnet.gatewayIp,
    cidr: subnet.cidr,
    allocation_pools: subnet.pools,
    host_routes: subnet.hostRoutes,
    dns_nameservers: subnet.dnsNameservers,
    description: subnet.description,
    service_types: [],
    tags: subnet.tags,
    created_at: seconds(subnet.createdAt),
    updated_at: seconds(subnet.updatedAt),
    revision_number: 0,
  };
}

/** The subnets of external networks belong to the operator and are not shown to others. */
function isVisible(subnet: Subnet, caller: Caller): boolean {
  return caller.isAdmin || subnet.projectId === caller.projectId;
}

function gatewayOf(given: unknown, usual: number): string | null {
  return given === null ? null : String(given ?? toAddress(usual));
}

function poolsOf(given: unknown, first: number, last: number): { start: string; end: string }[] {
  const pools = listOf(given).map(mapOf);
  if (pools.length === 0) return [{ start: toAddress(first), end: toAddress(last) }];
  return pools.map(({ start, end }) => ({ start: String(start), end: String(end) }));
}
