import type { ServiceClient } from '../service-client.ts';

/** A part of the cloud that volumes are put into. */
export interface VolumeZone {
  name: string;
  available: boolean;
}

/**
 * GET /os-availability-zone: the zones that volumes can be put into, by name. They are Cinder's own: a volume can only
 * be attached to a server in another zone where the operator allows it (Nova's cross_az_attach).
 */
export async function listVolumeZones(cinder: ServiceClient, signal?: AbortSignal): Promise<VolumeZone[]> {
  const { availabilityZoneInfo } = await cinder.get<{
    availabilityZoneInfo: readonly { zoneName: string; zoneState: { available: boolean } }[];
  }>(['os-availability-zone'], { doing: 'Listing the availability zones for volumes', ok: [200], signal });
  return availabilityZoneInfo
    .map(({ zoneName, zoneState }) => ({ name: zoneName, available: zoneState.available }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
