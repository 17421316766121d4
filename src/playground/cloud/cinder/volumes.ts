import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import type { CinderState, Volume } from './state.ts';

/** The type of volumes that are of no other. */
export const defaultType = '__DEFAULT__';

/** What every project may have. */
export const limits = {
  maxTotalVolumes: 10,
  maxTotalVolumeGigabytes: 1000,
  maxTotalSnapshots: 10,
  maxTotalBackups: 10,
  maxTotalBackupGigabytes: 1000,
};

/** The volumes of a project, the oldest first. */
export function volumesOf({ volumes }: CinderState, projectId: string): Volume[] {
  return [...volumes.values()].filter((volume) => volume.projectId === projectId);
}

/** How much a project has. */
export function usage(cinder: CinderState, projectId: string): { count: number; gibibytes: number } {
  const own = volumesOf(cinder, projectId);
  return { count: own.length, gibibytes: own.reduce((sum, { size }) => sum + size, 0) };
}

/** Makes a volume. 404 for a type that there is not, 413 over quota. */
export function createVolume(
  cinder: CinderState,
  { projectId }: Caller,
  {
    name = '',
    size,
    type = defaultType,
    metadata = {},
  }: { name?: string; size: number; type?: string; metadata?: Readonly<Record<string, string>> },
): Volume {
  if (type !== defaultType) {
    throw new ApiError(404, 'itemNotFound', `Volume type with name ${type} could not be found.`);
  }
  const { count, gibibytes } = usage(cinder, projectId);
  if (count >= limits.maxTotalVolumes) {
    const most = `maximum number of volumes allowed (${limits.maxTotalVolumes})`;
    throw new ApiError(413, 'overLimit', `VolumeLimitExceeded: Maximum ${most} exceeded for quota 'volumes'.`);
  }
  if (gibibytes + size > limits.maxTotalVolumeGigabytes) {
    const words = `Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${size}G`;
    const rest = `quota is ${limits.maxTotalVolumeGigabytes}G and ${gibibytes}G has been consumed.`;
    throw new ApiError(413, 'overLimit', `VolumeSizeExceedsAvailableQuota: ${words}, ${rest}`);
  }
  const volume = { id: uuid(), name, projectId, size, type, metadata, createdAt: new Date() };
  cinder.volumes.set(volume.id, volume);
  return volume;
}
