import type { Caller } from '../keystone/state.ts';
import { macAddress, uuid } from '../support/ids.ts';
import { seconds } from '../support/times.ts';
import { listOf, mapOf, textOf } from '../support/values.ts';
import { allocate } from './addresses.ts';
import { commonOf, renameWith } from './attributes.ts';
import { conflict, notFound } from './errors.ts';
import { networkOf } from './networks.ts';
import { checkQuota } from './quotas.ts';
import { defaultSecurityGroup, securityGroupOf } from './security-groups.ts';
import type { FixedIp, Network, NeutronState, Port, Subnet } from './state.ts';

/** What a request may say of a port. */
export const portAttributes = [
  'name',
  'description',
  'network_id',
  'admin_state_up',
  'mac_address',
  'fixed_ips',
  'device_id',
  'device_owner',
  'security_groups',
  'allowed_address_pairs',
  'port_security_enabled',
  'tenant_id',
  'project_id',
  'binding:vnic_type',
  'binding:host_id',
  'binding:profile',
  'extra_dhcp_opts',
  'dns_name',
  'dns_domain',
  'qos_policy_id',
];

/** Makes a port, with an address of each subnet that is asked for, or of the network's first. */
export function createPort(neutron: NeutronState, caller: Caller, attributes: Record<string, unknown>): Port {
  const network = networkOf(neutron, caller, String(attributes.network_id));
  checkQuota(neutron, caller, 'port');
  const portSecurity = attributes.port_security_enabled !== false;
  const port: Port = {
    ...commonOf(attributes),
    id: uuid(),
    projectId: caller.projectId,
    networkId: network.id,
    mac: textOf(attributes.mac_address) ?? macAddress(),
    adminStateUp: attributes.admin_state_up !== false,
    status: 'DOWN',
    deviceId: String(attributes.device_id ?? ''),
    deviceOwner: String(attributes.device_owner ?? ''),
    fixedIps: fixedIpsOf(neutron, network, attributes.fixed_ips),
    securityGroups: portSecurity ? groupsOf(neutron, caller, attributes.security_groups) : [],
    addressPairs: [],
    portSecurity,
  };
  port.addressPairs = pairsOf(port, attributes.allowed_address_pairs);
  neutron.ports.set(port.id, port);
  return port;
}

/** The port, or a 404. */
export function portOf(neutron: NeutronState, caller: Caller, id: string): Port {
  const port = neutron.ports.get(id);
  if (port === undefined || !isVisible(port, caller)) throw notFound('PortNotFound', `Port ${id} could not be found.`);
  return port;
}

/** The ports that somebody sees. */
export function visiblePorts(neutron: NeutronState, caller: Caller): Port[] {
  return [...neutron.ports.values()].filter((port) => isVisible(port, caller));
}

/** Changes a port. */
export function updatePort(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  attributes: Record<string, unknown>,
): Port {
  const port = portOf(neutron, caller, id);
  renameWith(port, attributes);
  if (attributes.security_groups !== undefined)
    port.securityGroups = groupsOf(neutron, caller, attributes.security_groups);
  if (attributes.allowed_address_pairs !== undefined)
    port.addressPairs = pairsOf(port, attributes.allowed_address_pairs);
  if (attributes.device_id !== undefined) port.deviceId = String(attributes.device_id);
  if (attributes.device_owner !== undefined) port.deviceOwner = String(attributes.device_owner);
  return port;
}

/** Deletes a port, and frees its floating IP; 409 for the interface of a router. */
export function deletePort(neutron: NeutronState, caller: Caller, id: string): void {
  const port = portOf(neutron, caller, id);
  if (port.deviceOwner.startsWith('network:router')) {
    throw conflict(
      'ServicePortInUse',
      `Port ${id} cannot be deleted directly via the port API: has device owner ${port.deviceOwner}.`,
    );
  }
  dropPort(neutron, port);
}

/** Takes a port away, whoever owns it. */
export function dropPort(neutron: NeutronState, port: Port): void {
  neutron.ports.delete(port.id);
  for (const address of neutron.floatingIps.values()) {
    if (address.portId !== port.id) continue;
    address.portId = null;
    address.fixedIp = null;
    address.routerId = null;
  }
}

/** A port as the wire has it. */
export function portView(port: Port): Record<string, unknown> {
  return {
    id: port.id,
    name: port.name,
    network_id: port.networkId,
    tenant_id: port.projectId,
    project_id: port.projectId,
    mac_address: port.mac,
    admin_state_up: port.adminStateUp,
    status: port.status,
    device_id: port.deviceId,
    device_owner: port.deviceOwner,
    fixed_ips: port.fixedIps,
    allowed_address_pairs: port.addressPairs,
    extra_dhcp_opts: [],
    security_groups: port.securityGroups,
    description: port.description,
    'binding:vnic_type': 'normal',
    port_security_enabled: port.portSecurity,
    tags: port.tags,
    created_at: seconds(port.createdAt),
    updated_at: seconds(port.updatedAt),
    revision_number: 1,
  };
}

/** Neutron writes the port's own hardware address where none is given. */
function pairsOf({ mac }: Port, given: unknown): object[] {
  return listOf(given).map((pair) => ({ mac_address: mac, ...mapOf(pair) }));
}

function isVisible(port: Port, caller: Caller): boolean {
  return caller.isAdmin || port.projectId === caller.projectId;
}

function fixedIpsOf(neutron: NeutronState, network: Network, given: unknown): FixedIp[] {
  const subnets = [...neutron.subnets.values()].filter(({ networkId }) => networkId === network.id);
  const wanted = listOf(given).map(mapOf);
  if (wanted.length === 0) {
    const [first] = subnets;
    return first === undefined || given !== undefined ? [] : [allocate(neutron, first)];
  }
  return wanted.map((ip) => allocate(neutron, wantedSubnet(subnets, network, ip), textOf(ip.ip_address)));
}

function wantedSubnet(subnets: readonly Subnet[], network: Network, ip: Record<string, unknown>): Subnet {
  const subnet = ip.subnet_id === undefined ? subnets[0] : subnets.find(({ id }) => id === ip.subnet_id);
  if (subnet !== undefined) return subnet;
  throw notFound('SubnetNotFound', `Subnet ${String(ip.subnet_id ?? `of network ${network.id}`)} could not be found.`);
}

function groupsOf(neutron: NeutronState, caller: Caller, given: unknown): string[] {
  if (given === undefined || given === null) return [defaultSecurityGroup(neutron, caller).id];
  return listOf(given).map((id) => securityGroupOf(neutron, caller, String(id)).id);
}
