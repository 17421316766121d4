import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';
import { novaHeaders } from './microversion.ts';

export interface Server {
  id: string;
  name: string;
  /** `BUILD`, `ACTIVE`, `ERROR`, `SHUTOFF` … */
  status: string;
  createdAt: Date;
  /** Name of the flavor. */
  flavor: string;
  /** Undefined for a server that boots from a volume. */
  imageId?: string;
  keypair?: string;
  /** Id of the project that it belongs to. */
  projectId: string;
  addresses: readonly ServerAddress[];
  metadata: Readonly<Record<string, string>>;
  /** Why it is in ERROR. */
  fault?: string;
  /** The host it is on; told to operators only. */
  host?: string;
  /** As given to Nova, base64 undone; told to operators only, and only for a single server. */
  userData?: string;
}

export interface ServerAddress {
  network: string;
  address: string;
  kind: 'fixed' | 'floating';
}

interface WireServer {
  id: string;
  name: string;
  status: string;
  created: string;
  flavor: { original_name: string };
  image: { id: string } | '';
  key_name: string | null;
  tenant_id: string;
  addresses: Readonly<Record<string, readonly { addr: string; 'OS-EXT-IPS:type'?: string }[]>>;
  metadata?: Readonly<Record<string, string>>;
  fault?: { message: string };
  'OS-EXT-SRV-ATTR:host'?: string | null;
  'OS-EXT-SRV-ATTR:user_data'?: string | null;
}

/**
 * GET /servers/detail: the project's servers; with `allProjects`, for operators, everybody's. One that never got to a
 * host has its `fault` in getServer only.
 */
export async function listServers(
  nova: ServiceClient,
  { name, allProjects, pageSize }: { name?: string; allProjects?: boolean; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Server[]> {
  const wire = await listAll<WireServer>(
    nova,
    {
      path: ['servers', 'detail'],
      key: 'servers',
      doing: 'Listing the servers',
      // Nova takes the name for a regular expression.
      query: { name: name === undefined ? undefined : `^${escaped(name)}$`, all_tenants: allProjects },
      pageSize,
      markerOf: ({ id }) => id,
    },
    signal,
  );
  // Most databases take capital letters for small ones.
  return wire.filter((server) => name === undefined || server.name === name).map(serverFrom);
}

/** GET /servers/{id}. 404 if there is none. */
export async function getServer(nova: ServiceClient, id: string, signal?: AbortSignal): Promise<Server> {
  const { server } = await nova.get<{ server: WireServer }>(['servers', id], {
    doing: `Reading the server ${id}`,
    ok: [200],
    headers: novaHeaders,
    signal,
  });
  return serverFrom(server);
}

function serverFrom(wire: WireServer): Server {
  const host = wire['OS-EXT-SRV-ATTR:host'];
  const userData = wire['OS-EXT-SRV-ATTR:user_data'];
  return {
    id: wire.id,
    name: wire.name,
    status: wire.status,
    createdAt: new Date(wire.created),
    flavor: wire.flavor.original_name,
    ...(wire.image === '' ? {} : { imageId: wire.image.id }),
    ...(wire.key_name === null ? {} : { keypair: wire.key_name }),
    projectId: wire.tenant_id,
    addresses: Object.entries(wire.addresses).flatMap(([network, addresses]) =>
      addresses.map((address) => ({
        network,
        address: address.addr,
        kind: address['OS-EXT-IPS:type'] === 'floating' ? ('floating' as const) : ('fixed' as const),
      })),
    ),
    metadata: wire.metadata ?? {},
    ...(wire.fault === undefined ? {} : { fault: wire.fault.message }),
    ...(host ? { host } : {}),
    ...(userData ? { userData: Buffer.from(userData, 'base64').toString('utf8') } : {}),
  };
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
