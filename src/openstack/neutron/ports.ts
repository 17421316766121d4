import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

export interface Port {
  id: string;
  name: string;
  status: string;
  networkId: string;
  /** What it belongs to: the id of a server, a router … and which kind of thing that is (`compute:nova`). */
  deviceId: string;
  deviceOwner: string;
  addresses: readonly { subnetId: string; address: string }[];
  securityGroupIds: readonly string[];
}

interface WirePort {
  id: string;
  name: string;
  status: string;
  network_id: string;
  device_id: string;
  device_owner: string;
  fixed_ips: readonly { subnet_id: string; ip_address: string }[];
  security_groups?: readonly string[];
}

/** GET /ports: the project's ports, or those of one network or one device. */
export async function listPorts(
  neutron: ServiceClient,
  {
    networkId,
    deviceId,
    name,
    pageSize,
  }: { networkId?: string; deviceId?: string; name?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Port[]> {
  const wire = await listAll<WirePort>(
    neutron,
    'ports',
    { network_id: networkId, device_id: deviceId, name },
    { pageSize, signal },
  );
  return wire.map((port) => ({
    id: port.id,
    name: port.name,
    status: port.status,
    networkId: port.network_id,
    deviceId: port.device_id,
    deviceOwner: port.device_owner,
    addresses: port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnetId: subnet_id, address: ip_address })),
    securityGroupIds: port.security_groups ?? [],
  }));
}

/** DELETE /ports/{id}: gone is success. 409 for one that a router or a load balancer holds. */
export async function deletePort(neutron: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await neutron.delete(['ports', id], { doing: `Deleting the port ${id}`, ok: [204, 404], signal });
}
