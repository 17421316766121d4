import { ConfigError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

export interface Network {
  id: string;
  /** Not unique. */
  name: string;
  status: string;
  /** Whether it leads out of the cloud: floating IPs come from such networks. Undefined where Neutron does not tell. */
  external?: boolean;
  shared: boolean;
  projectId: string;
  subnetIds: readonly string[];
  mtu?: number;
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

/** GET /networks: the networks that the project may use. */
export async function listNetworks(
  neutron: ServiceClient,
  { external, name, id, pageSize }: { external?: boolean; name?: string; id?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Network[]> {
  const wire = await listAll<WireNetwork>(
    neutron,
    'networks',
    { 'router:external': external, name, id },
    { pageSize, signal },
  );
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

function networkFrom(wire: WireNetwork): Network {
  return {
    id: wire.id,
    name: wire.name,
    status: wire.status,
    shared: wire.shared,
    projectId: wire.project_id,
    subnetIds: wire.subnets,
    ...(wire['router:external'] === undefined ? {} : { external: wire['router:external'] }),
    ...(wire.mtu === undefined ? {} : { mtu: wire.mtu }),
  };
}
