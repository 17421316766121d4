import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

export interface Router {
  id: string;
  name: string;
  status: string;
  /** The external network that it leads to. */
  externalNetworkId?: string;
  /** Its own addresses out there. */
  externalAddresses: readonly string[];
}

interface WireRouter {
  id: string;
  name: string;
  status: string;
  external_gateway_info: { network_id: string; external_fixed_ips?: readonly { ip_address: string }[] } | null;
}

/** GET /routers: the project's routers. */
export async function listRouters(
  neutron: ServiceClient,
  { name, pageSize }: { name?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Router[]> {
  const wire = await listAll<WireRouter>(neutron, 'routers', { name }, { pageSize, signal });
  return wire.map(({ id, name: routerName, status, external_gateway_info: gateway }) => ({
    id,
    name: routerName,
    status,
    ...(gateway === null ? {} : { externalNetworkId: gateway.network_id }),
    externalAddresses: (gateway?.external_fixed_ips ?? []).map(({ ip_address }) => ip_address),
  }));
}
