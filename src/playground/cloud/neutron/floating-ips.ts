import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import { seconds } from '../support/times.ts';
import { textOf } from '../support/values.ts';
import { allocate } from './addresses.ts';
import { commonOf, renameWith } from './attributes.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { networkOf } from './networks.ts';
import { portOf } from './ports.ts';
import { checkQuota } from './quotas.ts';
import { routerBetween } from './routers.ts';
import type { FloatingIp, NeutronState } from './state.ts';

/** What a request may say of a floating IP. */
export const floatingIpAttributes = [
  'floating_network_id',
  'port_id',
  'fixed_ip_address',
  'floating_ip_address',
  'description',
  'tenant_id',
  'project_id',
  'subnet_id',
  'dns_name',
  'dns_domain',
  'qos_policy_id',
];

/** Takes an address of an external network; 404 if it is to go to a port that no router leads to. */
export function createFloatingIp(
  neutron: NeutronState,
  caller: Caller,
  attributes: Record<string, unknown>,
): FloatingIp {
  checkQuota(neutron, caller, 'floatingip');
  const network = networkOf(neutron, caller, String(attributes.floating_network_id));
  if (!network.external) {
    throw badRequest('BadRequest', `Bad floatingip request: Network ${network.id} is not a valid external network.`);
  }
  const subnet = [...neutron.subnets.values()].find(({ networkId }) => networkId === network.id);
  if (subnet === undefined)
    throw badRequest('BadRequest', `Bad floatingip request: Network ${network.id} does not contain any IPv4 subnet.`);
  const target = targetOf(neutron, caller, network.id, textOf(attributes.port_id));
  const address: FloatingIp = {
    ...commonOf(attributes),
    id: uuid(),
    projectId: caller.projectId,
    address: allocate(neutron, subnet, textOf(attributes.floating_ip_address)).ip_address,
    networkId: network.id,
    ...target,
  };
  neutron.floatingIps.set(address.id, address);
  return address;
}

/** The floating IP, or a 404. */
export function floatingIpOf(neutron: NeutronState, caller: Caller, id: string): FloatingIp {
  const address = neutron.floatingIps.get(id);
  if (address === undefined || !isVisible(address, caller)) {
    throw notFound('FloatingIPNotFound', `Floating IP ${id} could not be found`);
  }
  return address;
}

/** The floating IPs that somebody sees. */
export function visibleFloatingIps(neutron: NeutronState, caller: Caller): FloatingIp[] {
  return [...neutron.floatingIps.values()].filter((address) => isVisible(address, caller));
}

/** Moves a floating IP to a port, or away from one. */
export function updateFloatingIp(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  attributes: Record<string, unknown>,
): FloatingIp {
  const address = floatingIpOf(neutron, caller, id);
  if ('port_id' in attributes)
    Object.assign(address, targetOf(neutron, caller, address.networkId, textOf(attributes.port_id), id));
  renameWith(address, attributes);
  return address;
}

/** Gives a floating IP back. */
export function deleteFloatingIp(neutron: NeutronState, caller: Caller, id: string): void {
  neutron.floatingIps.delete(floatingIpOf(neutron, caller, id).id);
}

/** A floating IP as the wire has it. */
export function floatingIpView(neutron: NeutronState, address: FloatingIp): Record<string, unknown> {
  const port = address.portId === null ? undefined : neutron.ports.get(address.portId);
  return {
    id: address.id,
    tenant_id: address.projectId,
    project_id: address.projectId,
    floating_ip_address: address.address,
    floating_network_id: address.networkId,
    router_id: address.routerId,
    port_id: address.portId,
    fixed_ip_address: address.fixedIp,
    status: address.portId === null ? 'DOWN' : 'ACTIVE',
    description: address.description,
    port_details:
      port === undefined
        ? null
        : {
            name: port.name,
            network_id: port.networkId,
            mac_address: port.mac,
            admin_state_up: port.adminStateUp,
            status: port.status,
            device_id: port.deviceId,
            device_owner: port.deviceOwner,
          },
    tags: address.tags,
    created_at: seconds(address.createdAt),
    updated_at: seconds(address.updatedAt),
    revision_number: 0,
  };
}

function isVisible(address: FloatingIp, caller: Caller): boolean {
  return caller.isAdmin || address.projectId === caller.projectId;
}

type Target = Pick<FloatingIp, 'portId' | 'fixedIp' | 'routerId'>;

function targetOf(
  neutron: NeutronState,
  caller: Caller,
  networkId: string,
  portId: string | undefined,
  own?: string,
): Target {
  if (portId === undefined) return { portId: null, fixedIp: null, routerId: null };
  const port = portOf(neutron, caller, portId);
  const [fixed] = port.fixedIps;
  if (fixed === undefined)
    throw badRequest(
      'BadRequest',
      `Bad floatingip request: Cannot add floating IP to port ${portId} that has no fixed IPv4 addresses.`,
    );
  const router = routerBetween(neutron, networkId, fixed.subnet_id);
  if (router === undefined) {
    throw notFound(
      'ExternalGatewayForFloatingIPNotFound',
      `External network ${networkId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${portId} with a Floating IP.`,
    );
  }
  const rival = [...neutron.floatingIps.values()].find(
    (one) => one.portId === portId && one.networkId === networkId && one.id !== own,
  );
  if (rival !== undefined) {
    throw conflict(
      'FloatingIPPortAlreadyAssociated',
      `Cannot associate floating IP ${rival.address} (${rival.id}) with port ${portId} using fixed IP ${fixed.ip_address}, as that fixed IP already has a floating IP on external network ${networkId}.`,
    );
  }
  return { portId, fixedIp: fixed.ip_address, routerId: router.id };
}
