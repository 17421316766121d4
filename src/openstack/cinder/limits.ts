import { type Limit, upTo } from '../limit.ts';
import type { ServiceClient } from '../service-client.ts';

/** What Cinder counts. */
export interface VolumeLimits {
  volumes: Limit;
  /** The sizes of volumes and, where the operator counts those too, snapshots. */
  gibibytes: Limit;
  snapshots: Limit;
}

/** GET /limits: the project's quota for volumes, and what is used of it. */
export async function getVolumeLimits(cinder: ServiceClient, signal?: AbortSignal): Promise<VolumeLimits> {
  const { limits } = await cinder.get<{ limits: { absolute: Readonly<Record<string, number>> } }>(['limits'], {
    doing: 'Reading the quota for volumes of the project',
    ok: [200],
    signal,
  });
  const { absolute } = limits;
  return {
    volumes: { used: absolute.totalVolumesUsed ?? 0, ...upTo(absolute.maxTotalVolumes) },
    gibibytes: { used: absolute.totalGigabytesUsed ?? 0, ...upTo(absolute.maxTotalVolumeGigabytes) },
    snapshots: { used: absolute.totalSnapshotsUsed ?? 0, ...upTo(absolute.maxTotalSnapshots) },
  };
}
