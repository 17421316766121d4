import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

export interface FloatingIp {
  id: string;
  address: string;
  /** `ACTIVE` when it leads somewhere, `DOWN` otherwise. */
  status: string;
  externalNetworkId: string;
  portId?: string;
  fixedAddress?: string;
  /** Free text; the Kubernetes cloud provider writes here which Service it made it for. */
  description: string;
}

interface WireFloatingIp {
  id: string;
  floating_ip_address: string;
  status: string;
  floating_network_id: string;
  port_id: string | null;
  fixed_ip_address: string | null;
  description?: string;
}

/** GET /floatingips: the project's floating IPs, or the one with an address. */
export async function listFloatingIps(
  neutron: ServiceClient,
  { address, externalNetworkId, pageSize }: { address?: string; externalNetworkId?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<FloatingIp[]> {
  const query = { floating_ip_address: address, floating_network_id: externalNetworkId };
  const wire = await listAll<WireFloatingIp>(neutron, 'floatingips', query, { pageSize, signal });
  return wire.map(floatingIpFrom);
}

/** GET /floatingips: the project's floating IP with that address, or undefined if it has none. */
export async function findFloatingIp(
  neutron: ServiceClient,
  address: string,
  signal?: AbortSignal,
): Promise<FloatingIp | undefined> {
  const [found] = await listFloatingIps(neutron, { address }, signal);
  return found;
}

/**
 * POST /floatingips: takes an address of an external network. 400 for a network that is not external, 409 over quota
 * (OverQuota) and for a network without a free address (IpAddressGenerationFailure).
 *
 * An answer that gets lost leaves an address that nobody knows of: look for the description before trying again.
 */
export async function createFloatingIp(
  neutron: ServiceClient,
  { externalNetworkId, description }: { externalNetworkId: string; description: string },
  signal?: AbortSignal,
): Promise<FloatingIp> {
  const { floatingip } = await neutron.post<{ floatingip: WireFloatingIp }>(['floatingips'], {
    doing: `Taking a floating IP of the network ${externalNetworkId}`,
    ok: [201],
    body: { floatingip: { floating_network_id: externalNetworkId, description } },
    signal,
  });
  return floatingIpFrom(floatingip);
}

/** DELETE /floatingips/{id}: gives the address back. Gone is success. */
export async function deleteFloatingIp(neutron: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await neutron.delete(['floatingips', id], { doing: `Releasing the floating IP ${id}`, ok: [204, 404], signal });
}

function floatingIpFrom(wire: WireFloatingIp): FloatingIp {
  return {
    id: wire.id,
    address: wire.floating_ip_address,
    status: wire.status,
    externalNetworkId: wire.floating_network_id,
    ...(wire.port_id === null ? {} : { portId: wire.port_id }),
    ...(wire.fixed_ip_address === null ? {} : { fixedAddress: wire.fixed_ip_address }),
    description: wire.description ?? '',
  };
}
