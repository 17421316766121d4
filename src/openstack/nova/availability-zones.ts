import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** A part of the cloud that fails by itself; servers are put into one. */
export interface AvailabilityZone {
  name: string;
  /** Whether a host of it is up. */
  available: boolean;
}

/** GET /os-availability-zone: the zones that servers can be put into, by name. */
export async function listAvailabilityZones(nova: ServiceClient, signal?: AbortSignal): Promise<AvailabilityZone[]> {
  const { availabilityZoneInfo } = await nova.get<{
    availabilityZoneInfo: readonly { zoneName: string; zoneState: { available: boolean } }[];
  }>(['os-availability-zone'], {
    doing: 'Listing the availability zones for servers',
    ok: [200],
    headers: novaHeaders,
    signal,
  });
  return availabilityZoneInfo
    .map(({ zoneName, zoneState }) => ({ name: zoneName, available: zoneState.available }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
