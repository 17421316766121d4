import type { Caller } from '../keystone/state.ts';
import { macAddress, uuid } from '../support/ids.ts';
import { seconds } from '../support/times.ts';
import { isMap, listOf, mapOf, textOf } from '../support/values.ts';
import { allocate } from './addresses.ts';
import { commonOf, renameWith } from './attributes.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { networkOf } from './networks.ts';
import { dropPort, portOf } from './ports.ts';
import { checkQuota } from './quotas.ts';
import type { FixedIp, NeutronState, Port, Router, Subnet } from './state.ts';
import { subnetOf } from './subnets.ts';

/** What a request may say of a router. */
export const routerAttributes = [
  'name',
  'description',
  'admin_state_up',
  'external_gateway_info',
  'tenant_id',
  'project_id',
  'routes',
  'distributed',
  'ha',
  'availability_zone_hints',
  'flavor_id',
];

/** Makes a router, with an address of the external network if one is its gateway. */
export function createRouter(neutron: NeutronState, caller: Caller, attributes: Record<string, unknown>): Router {
  checkQuota(neutron, caller, 'router');
  const router: Router = {
    ...commonOf(attributes),
    id: uuid(),
    projectId: caller.projectId,
    adminStateUp: attributes.admin_state_up !== false,
    gateway: gatewayOf(neutron, caller, attributes.external_gateway_info),
    routes: listOf(attributes.routes),
  };
  neutron.routers.set(router.id, router);
  return router;
}

/** The router, or a 404. */
export function routerOf(neutron: NeutronState, caller: Caller, id: string): Router {
  const router = neutron.routers.get(id);
  if (router === undefined || !isVisible(router, caller))
    throw notFound('RouterNotFound', `Router ${id} could not be found`);
  return router;
}

/** The routers that somebody sees. */
export function visibleRouters(neutron: NeutronState, caller: Caller): Router[] {
  return [...neutron.routers.values()].filter((router) => isVisible(router, caller));
}

/** Changes a router's name, gateway or routes. */
export function updateRouter(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  attributes: Record<string, unknown>,
): Router {
  const router = routerOf(neutron, caller, id);
  renameWith(router, attributes);
  if (attributes.external_gateway_info !== undefined)
    router.gateway = gatewayOf(neutron, caller, attributes.external_gateway_info);
  if (attributes.routes !== undefined) router.routes = listOf(attributes.routes);
  return router;
}

/** Deletes a router; 409 while it has interfaces. */
export function deleteRouter(neutron: NeutronState, caller: Caller, id: string): void {
  routerOf(neutron, caller, id);
  const ports = interfacesOf(neutron, id);
  if (ports.length > 0) {
    throw conflict('RouterInUse', `Router ${id} has ports still attached: ${ports.map((port) => port.id).join(', ')}`);
  }
  neutron.routers.delete(id);
}

/** Joins a subnet, or a port's network, to a router. */
export function addInterface(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const router = routerOf(neutron, caller, id);
  if (given.port_id !== undefined) return adoptPort(neutron, router, portOf(neutron, caller, String(given.port_id)));
  if (given.subnet_id === undefined)
    throw badRequest('BadRequest', 'Bad router request: Either subnet_id or port_id must be specified.');
  const subnet = subnetOf(neutron, caller, String(given.subnet_id));
  if (interfaceOn(neutron, id, subnet.id) !== undefined) {
    throw badRequest('BadRequest', `Bad router request: Router already has a port on subnet ${subnet.id}.`);
  }
  if (subnet.gatewayIp === null)
    throw badRequest('BadRequest', 'Bad router request: Subnet for router interface must have a gateway IP.');
  const port = interfacePort(router, subnet, allocate(neutron, subnet, subnet.gatewayIp));
  neutron.ports.set(port.id, port);
  return interfaceView(router, port);
}

/** Parts a subnet or a port from a router; 409 while a floating IP needs the way. */
export function removeInterface(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const router = routerOf(neutron, caller, id);
  const port = interfaceToRemove(neutron, id, given);
  const subnetIds = port.fixedIps.map((ip) => ip.subnet_id);
  const isNeeded = [...neutron.floatingIps.values()].some(
    ({ routerId, portId }) =>
      routerId === id &&
      neutron.ports.get(portId ?? '')?.fixedIps.some((ip) => subnetIds.includes(ip.subnet_id)) === true,
  );
  if (isNeeded) {
    throw conflict(
      'RouterInterfaceInUseByFloatingIP',
      `Router interface for subnet ${subnetIds[0]} on router ${id} cannot be deleted, as it is required by one or more floating IPs.`,
    );
  }
  dropPort(neutron, port);
  return interfaceView(router, port);
}

/** The router of this external network that leads to a subnet, if there is one. */
export function routerBetween(neutron: NeutronState, externalNetworkId: string, subnetId: string): Router | undefined {
  return [...neutron.routers.values()].find(
    (router) =>
      router.gateway?.networkId === externalNetworkId && interfaceOn(neutron, router.id, subnetId) !== undefined,
  );
}

/** A router as the wire has it. */
export function routerView(router: Router): Record<string, unknown> {
  const { gateway } = router;
  return {
    id: router.id,
    name: router.name,
    tenant_id: router.projectId,
    project_id: router.projectId,
    admin_state_up: router.adminStateUp,
    status: 'ACTIVE',
    external_gateway_info:
      gateway === undefined
        ? null
        : { network_id: gateway.networkId, external_fixed_ips: gateway.addresses, enable_snat: gateway.enableSnat },
    description: router.description,
    availability_zones: [],
    availability_zone_hints: [],
    routes: router.routes,
    flavor_id: null,
    tags: router.tags,
    created_at: seconds(router.createdAt),
    updated_at: seconds(router.updatedAt),
    revision_number: 3,
  };
}

function isVisible(router: Router, caller: Caller): boolean {
  return caller.isAdmin || router.projectId === caller.projectId;
}

function gatewayOf(neutron: NeutronState, caller: Caller, given: unknown): Router['gateway'] {
  const networkId = textOf(mapOf(given).network_id);
  if (!isMap(given) || networkId === undefined) return undefined;
  const network = networkOf(neutron, caller, networkId);
  if (!network.external)
    throw badRequest('BadRequest', `Bad router request: Network ${network.id} is not an external network.`);
  const subnet = [...neutron.subnets.values()].find((one) => one.networkId === network.id);
  const addresses = subnet === undefined ? [] : [allocate(neutron, subnet)];
  return { networkId: network.id, addresses, enableSnat: given.enable_snat !== false };
}

function interfacesOf(neutron: NeutronState, routerId: string): Port[] {
  return [...neutron.ports.values()].filter(
    (port) => port.deviceId === routerId && port.deviceOwner === 'network:router_interface',
  );
}

function interfaceOn(neutron: NeutronState, routerId: string, subnetId: string): Port | undefined {
  return interfacesOf(neutron, routerId).find(({ fixedIps }) => fixedIps.some((ip) => ip.subnet_id === subnetId));
}

function interfaceToRemove(neutron: NeutronState, routerId: string, given: Record<string, unknown>): Port {
  if (given.port_id !== undefined) {
    const port = interfacesOf(neutron, routerId).find(({ id }) => id === given.port_id);
    if (port !== undefined) return port;
    throw notFound('RouterInterfaceNotFound', `Router ${routerId} does not have an interface with id ${given.port_id}`);
  }
  const port = interfaceOn(neutron, routerId, String(given.subnet_id));
  if (port !== undefined) return port;
  throw notFound(
    'RouterInterfaceNotFoundForSubnet',
    `Router ${routerId} has no interface on subnet ${given.subnet_id}`,
  );
}

function adoptPort(neutron: NeutronState, router: Router, port: Port): Record<string, unknown> {
  if (port.deviceId !== '')
    throw conflict(
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.networkId}. Port already has an attached device ${port.deviceId}.`,
    );
  Object.assign(port, { deviceId: router.id, deviceOwner: 'network:router_interface', status: 'ACTIVE' });
  neutron.ports.set(port.id, port);
  return interfaceView(router, port);
}

function interfacePort(router: Router, subnet: Subnet, address: FixedIp): Port {
  return {
    ...commonOf({}),
    id: uuid(),
    projectId: router.projectId,
    networkId: subnet.networkId,
    mac: macAddress(),
    adminStateUp: true,
    status: 'ACTIVE',
    deviceId: router.id,
    deviceOwner: 'network:router_interface',
    fixedIps: [address],
    securityGroups: [],
    addressPairs: [],
    portSecurity: false,
  };
}

function interfaceView(router: Router, port: Port): Record<string, unknown> {
  const subnetIds = port.fixedIps.map((ip) => ip.subnet_id);
  return {
    id: router.id,
    tenant_id: router.projectId,
    port_id: port.id,
    network_id: port.networkId,
    subnet_id: subnetIds[0],
    subnet_ids: subnetIds,
  };
}
