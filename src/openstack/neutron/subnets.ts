import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

/** A range of addresses in a network. */
export interface Subnet {
  id: string;
  /** Not unique. */
  name: string;
  networkId: string;
  projectId: string;
  ipVersion: 4 | 6;
  cidr: string;
  /** Undefined for a subnet from which nothing leads on. */
  gateway?: string;
  dnsServers: readonly string[];
  /** Ways that its servers are told of by DHCP, besides the gateway. */
  hostRoutes: readonly { destination: string; nextHop: string }[];
}

interface WireSubnet {
  id: string;
  name: string;
  network_id: string;
  project_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  dns_nameservers: readonly string[];
  host_routes: readonly { destination: string; nexthop: string }[];
}

/**
 * GET /subnets: the subnets that the project sees, or those of one network. They are its own and those of networks that
 * are shared with it; of external networks, members mostly do not see them.
 */
export async function listSubnets(
  neutron: ServiceClient,
  { networkId, name, pageSize }: { networkId?: string; name?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Subnet[]> {
  const query = { network_id: networkId, name };
  const wire = await listAll<WireSubnet>(neutron, 'subnets', query, { pageSize, signal });
  return wire.map((subnet) => ({
    id: subnet.id,
    name: subnet.name,
    networkId: subnet.network_id,
    projectId: subnet.project_id,
    ipVersion: subnet.ip_version,
    cidr: subnet.cidr,
    ...(subnet.gateway_ip === null ? {} : { gateway: subnet.gateway_ip }),
    dnsServers: subnet.dns_nameservers,
    hostRoutes: subnet.host_routes.map(({ destination, nexthop }) => ({ destination, nextHop: nexthop })),
  }));
}

/** The subnets that a project sees: its own, and those that others share with it. An operator sees everybody's. */
export async function listSubnetsByOwner(
  neutron: ServiceClient,
  projectId: string,
  signal?: AbortSignal,
): Promise<{ own: Subnet[]; foreign: Subnet[] }> {
  const subnets = await listSubnets(neutron, {}, signal);
  return {
    own: subnets.filter((subnet) => subnet.projectId === projectId),
    foreign: subnets.filter((subnet) => subnet.projectId !== projectId),
  };
}
