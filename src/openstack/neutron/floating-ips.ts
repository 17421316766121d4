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
  { address, externalNetworkId }: { address?: string; externalNetworkId?: string } = {},
  signal?: AbortSignal,
): Promise<FloatingIp[]> {
  const query = { floating_ip_address: address, floating_network_id: externalNetworkId };
  const wire = await listAll<WireFloatingIp>(neutron, 'floatingips', query, signal);
  return wire.map((ip) => ({
    id: ip.id,
    address: ip.floating_ip_address,
    status: ip.status,
    externalNetworkId: ip.floating_network_id,
    ...(ip.port_id === null ? {} : { portId: ip.port_id }),
    ...(ip.fixed_ip_address === null ? {} : { fixedAddress: ip.fixed_ip_address }),
    description: ip.description ?? '',
  }));
}

/** DELETE /floatingips/{id}: gives the address back. Gone is success. */
export async function deleteFloatingIp(neutron: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await neutron.delete(['floatingips', id], { doing: `Releasing the floating IP ${id}`, ok: [204, 404], signal });
}
