import { ConfigError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

export interface Network {
  id: string;
  /** Not unique. */
  name: string;
  status: string;
  /** Whether it leads out of the cloud: floating IPs come from such networks. */
  external: boolean;
  shared: boolean;
  projectId: string;
  subnetIds: readonly string[];
  mtu?: number;
}

export interface Subnet {
  id: string;
  name: string;
  networkId: string;
  cidr: string;
  gateway?: string;
  dnsServers: readonly string[];
}

interface WireNetwork {
  id: string;
  name: string;
  status: string;
  'router:external'?: boolean;
  shared: boolean;
  project_id: string;
  subnets: readonly string[];
  mtu?: number;
}

interface WireSubnet {
  id: string;
  name: string;
  network_id: string;
  cidr: string;
  gateway_ip: string | null;
  dns_nameservers: readonly string[];
}

/** GET /networks: the networks that the project may use. */
export async function listNetworks(
  neutron: ServiceClient,
  { external, name, id }: { external?: boolean; name?: string; id?: string } = {},
  signal?: AbortSignal,
): Promise<Network[]> {
  const wire = await listAll<WireNetwork>(neutron, 'networks', { 'router:external': external, name, id }, signal);
  return wire.map(networkFrom);
}

/**
 * The network of that name or id, or undefined if there is none.
 *
 * @throws ConfigError when several have the name: then it has to be the id.
 */
export async function findNetwork(
  neutron: ServiceClient,
  nameOrId: string,
  options: { external?: boolean } = {},
  signal?: AbortSignal,
): Promise<Network | undefined> {
  const [byId] = await listNetworks(neutron, { ...options, id: nameOrId }, signal);
  if (byId !== undefined) return byId;
  const [byName, ...others] = await listNetworks(neutron, { ...options, name: nameOrId }, signal);
  if (byName === undefined || others.length === 0) return byName;
  const ids = [byName, ...others].map(({ id }) => id).join(', ');
  throw new ConfigError(`There are several networks named ${nameOrId}`, [`Write the id of one of them: ${ids}`]);
}

/** GET /subnets: the subnets that the project may use, or those of one network. */
export async function listSubnets(
  neutron: ServiceClient,
  { networkId, name }: { networkId?: string; name?: string } = {},
  signal?: AbortSignal,
): Promise<Subnet[]> {
  const wire = await listAll<WireSubnet>(neutron, 'subnets', { network_id: networkId, name }, signal);
  return wire.map(({ id, name: subnetName, network_id, cidr, gateway_ip, dns_nameservers }) => ({
    id,
    name: subnetName,
    networkId: network_id,
    cidr,
    ...(gateway_ip === null ? {} : { gateway: gateway_ip }),
    dnsServers: dns_nameservers,
  }));
}

function networkFrom(wire: WireNetwork): Network {
  return {
    id: wire.id,
    name: wire.name,
    status: wire.status,
    external: wire['router:external'] ?? false,
    shared: wire.shared,
    projectId: wire.project_id,
    subnetIds: wire.subnets,
    ...(wire.mtu === undefined ? {} : { mtu: wire.mtu }),
  };
}
