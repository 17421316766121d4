import { artifactsFolder, releaseManifestsFolder, releasesContainer } from '../../src/clusters/names.ts';
import type { ReleaseStock } from '../../src/clusters/release-use.ts';
import { isNotFound } from '../../src/errors.ts';
import type { Logger } from '../../src/log.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { sideBySide } from '../../src/openstack/side-by-side.ts';
import { listObjects } from '../../src/openstack/swift/objects.ts';
import { readArtifactManifest } from './artifact-store.ts';
import { readReleaseManifest } from './release-store.ts';

/** Manifests are small, and there are some dozens at most. */
const readAtOnce = 8;

/** All artifacts and releases whose manifests are in a Swift; none where nothing was ever published. */
export async function readStock(swift: ServiceClient, signal: AbortSignal, log: Logger): Promise<ReleaseStock> {
  const readAll = async <Manifest>(folder: string, read: Read<Manifest>): Promise<Manifest[]> => {
    const ids = await manifestIds(swift, folder, signal);
    const found = await sideBySide(ids, { limit: readAtOnce, signal }, (id, within) => read(swift, id, within, log));
    return found.flatMap((manifest) => manifest ?? []);
  };
  const [artifacts, releases] = await Promise.all([
    readAll(artifactsFolder, readArtifactManifest),
    readAll(releaseManifestsFolder, readReleaseManifest),
  ]);
  return { artifacts, releases };
}

type Read<Manifest> = (
  swift: ServiceClient,
  id: string,
  signal: AbortSignal,
  log: Logger,
) => Promise<Manifest | undefined>;

/** The folders of a kind that have a manifest. */
async function manifestIds(swift: ServiceClient, folder: string, signal: AbortSignal): Promise<string[]> {
  try {
    const objects = await listObjects(swift, releasesContainer, { prefix: folder }, signal);
    return objects.flatMap(({ name }) => /^([^/]+)\/manifest\.json$/.exec(name.slice(folder.length))?.[1] ?? []);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
