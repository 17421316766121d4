import type { ServiceClient } from '../service-client.ts';

/** Something with one address that hands connections on to several servers. */
export interface LoadBalancer {
  id: string;
  /** Not unique. The Kubernetes cloud provider writes here which cluster and Service it made it for. */
  name: string;
  /** Free text. */
  description: string;
  tags: readonly string[];
  /** `ACTIVE` or `ERROR` when Octavia is done with it; while it is `PENDING_…`, it refuses every change. */
  provisioningStatus: string;
  operatingStatus: string;
  address: string;
  /** The port that has the address: a floating IP for the load balancer is one for that port. */
  portId: string;
  subnetId: string;
  networkId: string;
}

interface WireLoadBalancer {
  id: string;
  name: string;
  description?: string | null;
  tags?: readonly string[];
  provisioning_status: string;
  operating_status: string;
  vip_address: string;
  vip_port_id: string;
  vip_subnet_id: string;
  vip_network_id: string;
}

interface Page {
  loadbalancers: readonly WireLoadBalancer[];
  loadbalancers_links?: readonly { rel: string }[];
}

/** GET /lbaas/loadbalancers: the project's load balancers, or those of one network or one name. */
export async function listLoadBalancers(
  octavia: ServiceClient,
  { name, networkId, pageSize }: { name?: string; networkId?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<LoadBalancer[]> {
  const rows: WireLoadBalancer[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await octavia.get<Page>(collection, {
      doing: 'Listing the load balancers',
      ok: [200],
      query: { name, vip_network_id: networkId, limit: pageSize, marker },
      signal,
    });
    rows.push(...page.loadbalancers);
    marker = page.loadbalancers.at(-1)?.id;
    if (marker === undefined || !page.loadbalancers_links?.some(({ rel }) => rel === 'next')) break;
  }
  // Most databases take capital letters for small ones.
  return rows.filter((row) => name === undefined || row.name === name).map(loadBalancerFrom);
}

/** GET /lbaas/loadbalancers/{id}. 404 if there is none. */
export async function getLoadBalancer(octavia: ServiceClient, id: string, signal?: AbortSignal): Promise<LoadBalancer> {
  const { loadbalancer } = await octavia.get<{ loadbalancer: WireLoadBalancer }>([...collection, id], {
    doing: `Reading the load balancer ${id}`,
    ok: [200],
    signal,
  });
  return loadBalancerFrom(loadbalancer);
}

/**
 * DELETE /lbaas/loadbalancers/{id}?cascade=true: with its listeners, pools and the port of its address. Answers when
 * Octavia has taken it on; the load balancer is gone some time later. Gone already is success. 409 while something else
 * is being done to it (ImmutableObject): that is to be waited for.
 */
export async function deleteLoadBalancer(octavia: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await octavia.delete([...collection, id], {
    doing: `Deleting the load balancer ${id}`,
    ok: [204, 404],
    query: { cascade: true },
    signal,
  });
}

const collection = ['lbaas', 'loadbalancers'];

function loadBalancerFrom(wire: WireLoadBalancer): LoadBalancer {
  return {
    id: wire.id,
    name: wire.name,
    description: wire.description ?? '',
    tags: wire.tags ?? [],
    provisioningStatus: wire.provisioning_status,
    operatingStatus: wire.operating_status,
    address: wire.vip_address,
    portId: wire.vip_port_id,
    subnetId: wire.vip_subnet_id,
    networkId: wire.vip_network_id,
  };
}
