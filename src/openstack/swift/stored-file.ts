import { isNotFound } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { sideBySide } from '../side-by-side.ts';
import { deleteLargeObject, listManifest, type ManifestEntry } from './large-objects.ts';
import { deleteObject, findObject, type ListedObject, listObjects, type StoredObject } from './objects.ts';
import { isSegmentOf, segmentsOfObject } from './segments.ts';

/** A file that storeFile has put into Swift, or was meant to. */
export interface WantedFile {
  container: string;
  object: string;
  size: number;
  /** Hexadecimal. */
  md5: string;
  sha256: string;
}

/** Deletions that are under way at the same time. */
const deletionsAtOnce = 8;

/**
 * True if Swift has the very file, whole, in one piece or in segments. An object of segments keeps its size, and its
 * headers, when segments are lost, so they are looked at too.
 */
export async function isStored(swift: ServiceClient, wanted: WantedFile, signal?: AbortSignal): Promise<boolean> {
  const found = await findObject(swift, wanted.container, wanted.object, signal);
  if (found === undefined || found.size !== wanted.size) return false;
  if (!found.segmented) return found.etag === wanted.md5;
  return found.metadata.sha256 === wanted.sha256 && (await hasAllSegments(swift, wanted.container, found, signal));
}

async function hasAllSegments(
  swift: ServiceClient,
  container: string,
  { name }: StoredObject,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const entries = await listManifest(swift, container, name, signal);
  const listed = new Map((await listSegments(swift, container, name, signal)).map((found) => [found.name, found]));
  return entries.every((entry) => isThere(entry, listed.get(entry.object), container));
}

function isThere(entry: ManifestEntry, listed: ListedObject | undefined, container: string): boolean {
  return entry.container === container && listed?.etag === entry.etag && listed.size === entry.size;
}

/** Deletes an object, and its segments if it is made of any; gone is success. */
export async function removeStoredFile(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<void> {
  const found = await findObject(swift, container, object, signal);
  if (found?.segmented === true) await deleteLargeObject(swift, container, object, signal);
  else await deleteObject(swift, container, object, signal);
}

/**
 * Deletes the segments that uploads of an object left and the object does not consist of: those of a broken upload, of
 * one in segments of another size, of content that was replaced. Answers how many. Not while an upload of that object is
 * under way: its segments belong to nothing yet.
 */
export async function removeLeftSegments(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<number> {
  const segments = await listSegments(swift, container, object, signal);
  if (segments.length === 0) return 0;
  const found = await findObject(swift, container, object, signal);
  const entries = found?.segmented === true ? await listManifest(swift, container, object, signal) : [];
  const used = new Set(entries.map((entry) => entry.object));
  const left = segments.filter(({ name }) => !used.has(name));
  await sideBySide(left, { limit: deletionsAtOnce, signal }, ({ name }, inside) =>
    deleteObject(swift, container, name, inside),
  );
  return left.length;
}

/** The segments of an object that lie in its container, of whichever upload. */
async function listSegments(
  swift: ServiceClient,
  container: string,
  object: string,
  signal: AbortSignal | undefined,
): Promise<ListedObject[]> {
  try {
    const listed = await listObjects(swift, container, { prefix: segmentsOfObject(object) }, signal);
    return listed.filter(({ name }) => isSegmentOf(object, name));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
