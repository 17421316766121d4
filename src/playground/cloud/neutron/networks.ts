import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import { seconds } from '../support/times.ts';
import { commonOf, renameWith } from './attributes.ts';
import { conflict, notFound } from './errors.ts';
import { checkQuota } from './quotas.ts';
import type { Network, NeutronState } from './state.ts';

/** What a request may say of a network. */
export const networkAttributes = [
  'name',
  'description',
  'admin_state_up',
  'shared',
  'router:external',
  'port_security_enabled',
  'mtu',
  'availability_zone_hints',
  'tenant_id',
  'project_id',
  'dns_domain',
  'is_default',
  'qos_policy_id',
];

/** Makes a network. */
export function createNetwork(neutron: NeutronState, caller: Caller, attributes: Record<string, unknown>): Network {
  checkQuota(neutron, caller, 'network');
  const network: Network = {
    ...commonOf(attributes),
    id: uuid(),
    projectId: caller.projectId,
    external: attributes['router:external'] === true,
    shared: attributes.shared === true,
    adminStateUp: attributes.admin_state_up !== false,
    mtu: Number(attributes.mtu ?? 1450),
    portSecurity: attributes.port_security_enabled !== false,
  };
  neutron.networks.set(network.id, network);
  return network;
}

/** The network, or a 404; others' private networks are not to be seen. */
export function networkOf(neutron: NeutronState, caller: Caller, id: string): Network {
  const network = neutron.networks.get(id);
  if (network === undefined || !isVisible(network, caller)) {
    throw notFound('NetworkNotFound', `Network ${id} could not be found.`);
  }
  return network;
}

/** The networks that somebody sees. */
export function visibleNetworks(neutron: NeutronState, caller: Caller): Network[] {
  return [...neutron.networks.values()].filter((network) => isVisible(network, caller));
}

/** Changes a network's name, description or state. */
export function updateNetwork(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  attributes: Record<string, unknown>,
): Network {
  const network = networkOf(neutron, caller, id);
  renameWith(network, attributes);
  if (attributes.admin_state_up !== undefined) network.adminStateUp = attributes.admin_state_up === true;
  return network;
}

/** Deletes a network with its subnets; 409 while it has ports. */
export function deleteNetwork(neutron: NeutronState, caller: Caller, id: string): void {
  const network = networkOf(neutron, caller, id);
  const ports = [...neutron.ports.values()].filter(({ networkId }) => networkId === network.id);
  if (ports.length > 0) {
    const ids = ports.map((port) => port.id).join(',');
    throw conflict(
      'NetworkInUse',
      `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${ids}.`,
    );
  }
  for (const subnet of subnetsOf(neutron, id)) neutron.subnets.delete(subnet.id);
  neutron.networks.delete(id);
}

/** The subnets of a network. */
export function subnetsOf(neutron: NeutronState, networkId: string): { id: string }[] {
  return [...neutron.subnets.values()].filter((subnet) => subnet.networkId === networkId);
}

/** A network as the wire has it. */
export function networkView(neutron: NeutronState, network: Network): Record<string, unknown> {
  return {
    id: network.id,
    name: network.name,
    tenant_id: network.projectId,
    project_id: network.projectId,
    admin_state_up: network.adminStateUp,
    mtu: network.mtu,
    status: 'ACTIVE',
    subnets: subnetsOf(neutron, network.id).map(({ id }) => id),
    shared: network.shared,
    'router:external': network.external,
    port_security_enabled: network.portSecurity,
    is_default: false,
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    description: network.description,
    tags: network.tags,
    created_at: seconds(network.createdAt),
    updated_at: seconds(network.updatedAt),
    revision_number: 1,
  };
}

function isVisible(network: Network, caller: Caller): boolean {
  return caller.isAdmin || network.shared || network.external || network.projectId === caller.projectId;
}
