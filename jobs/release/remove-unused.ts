import {
  artifactManifestObject,
  artifactsFolder,
  buildLogsFolder,
  indexedFile,
  releaseManifestObject,
  releasesContainer,
  sharedFilesFolder,
} from '../../src/clusters/names.ts';
import { type ReleaseStock, type ReleaseUser, releasesInUse, unusedIn } from '../../src/clusters/release-use.ts';
import { isNotFound } from '../../src/errors.ts';
import type { Logger } from '../../src/log.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { deleteObject, type ListedObject, listObjects } from '../../src/openstack/swift/objects.ts';
import { isSegmentOf, segmentsFolder } from '../../src/openstack/swift/segments.ts';
import { removeStoredFile } from '../../src/openstack/swift/stored-file.ts';
import { putReleaseManifest } from './release-store.ts';
import { readStock } from './stock.ts';
import { isFresh } from './touch.ts';

export interface RemoveUnusedOptions {
  readonly users: readonly ReleaseUser[];
  /** How long something is kept that nobody uses; milliseconds. */
  readonly keepMs: number;
  readonly now: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Removes from a Swift what nobody has needed for `keepMs`: releases, artifacts, files that no release consists of, logs,
 * and what broken uploads have left. Manifests go first, so that nobody takes for whole what is being removed. Not while
 * anybody chooses from the same Swift: see `releasesMutex`.
 */
export async function removeUnused(swift: ServiceClient, options: RemoveUnusedOptions): Promise<void> {
  const { users, keepMs, now, log, signal } = options;
  const stock = await readStock(swift, signal, log);
  await noteUse(swift, stock, options);
  const unused = unusedIn(stock, users, keepMs, now);
  for (const { id } of unused.releases) await remove(swift, releaseManifestObject(id), signal);
  for (const { id, files } of unused.artifacts) {
    await remove(swift, artifactManifestObject(id), signal);
    for (const { object } of files) await remove(swift, object, signal);
    log.info({ artifact: id }, 'an artifact that nobody used is removed from Swift');
  }
  const left = {
    artifacts: stock.artifacts.filter((artifact) => !unused.artifacts.includes(artifact)),
    releases: stock.releases.filter((release) => !unused.releases.includes(release)),
  };
  await removeStrays(swift, keeper(left), options);
}

/** Of what is in use, the time begins when it is not any more. */
async function noteUse(swift: ServiceClient, stock: ReleaseStock, options: RemoveUnusedOptions): Promise<void> {
  const { users, keepMs, now, signal } = options;
  for (const release of releasesInUse(stock, users)) {
    if (!isFresh(release.usedAt, keepMs, now)) await putReleaseManifest(swift, { ...release, usedAt: now }, signal);
  }
}

async function removeStrays(
  swift: ServiceClient,
  keeps: (object: string) => boolean,
  { keepMs, now, log, signal }: RemoveUnusedOptions,
): Promise<void> {
  const stale = ({ modifiedAt }: ListedObject) => now - modifiedAt.getTime() >= keepMs;
  for (const folder of [artifactsFolder, sharedFilesFolder, buildLogsFolder, segmentsFolder]) {
    const strays = (await listed(swift, folder, signal)).filter((found) => stale(found) && !keeps(found.name));
    for (const { name } of strays) await remove(swift, name, signal);
    if (strays.length === 0) continue;
    log.info({ folder, objects: strays.length }, 'objects that nobody used are removed from Swift');
  }
}

/** Says of an object whether what stays consists of it. */
function keeper({ artifacts, releases }: ReleaseStock): (object: string) => boolean {
  const objects = new Set([
    ...artifacts.map(({ id }) => artifactManifestObject(id)),
    ...artifacts.flatMap(({ files, log }) => [
      ...files.map(({ object }) => object),
      ...(log === undefined ? [] : [log]),
    ]),
    ...releases.flatMap((release) => release.objects.map(({ object }) => object)),
  ]);
  const large = [...objects];
  // Which of two files of a name an index is about, only its content says; kept in vain, it is a few bytes.
  const files = new Set(releases.flatMap((release) => release.objects.map(({ name }) => name)));
  return (name) => {
    if (name.startsWith(segmentsFolder)) return large.some((object) => isSegmentOf(object, name));
    const indexed = indexedFile(name);
    return objects.has(name) || (indexed !== undefined && files.has(indexed));
  };
}

async function listed(swift: ServiceClient, prefix: string, signal: AbortSignal): Promise<ListedObject[]> {
  try {
    return await listObjects(swift, releasesContainer, { prefix }, signal);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** A segment is an object like any other; what consists of segments takes them along. */
function remove(swift: ServiceClient, object: string, signal: AbortSignal): Promise<void> {
  if (object.startsWith(segmentsFolder)) return deleteObject(swift, releasesContainer, object, signal);
  return removeStoredFile(swift, releasesContainer, object, signal);
}
