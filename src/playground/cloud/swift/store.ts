import { type Blob, blobOf } from '../support/blob.ts';
import { swiftError } from './errors.ts';
import type { Account, Container, ManifestEntry, StoredObject, SwiftState } from './state.ts';

/** How often Swift's object expirer runs unless told otherwise. */
const sweepsEveryMs = 300_000;

/** The account of a project, made when first asked for. */
export function accountOf(swift: SwiftState, projectId: string): Account {
  const existing = swift.accounts.get(projectId);
  if (existing !== undefined) return existing;
  const account: Account = { headers: new Map(), containers: new Map(), created: new Date() };
  swift.accounts.set(projectId, account);
  return account;
}

/** The container, or a 404. */
export function containerOf(swift: SwiftState, projectId: string, name: string): Container {
  const container = swift.accounts.get(projectId)?.containers.get(name);
  if (container === undefined) throw swiftError(404);
  return container;
}

/** Makes a container or gives the one that is there its new headers. True if it was made. */
export function putContainer(
  swift: SwiftState,
  projectId: string,
  name: string,
  headers: ReadonlyMap<string, string>,
): boolean {
  const { containers } = accountOf(swift, projectId);
  const existing = containers.get(name);
  const now = new Date();
  const container = existing ?? { name, headers: new Map(), objects: new Map(), created: now, modified: now };
  containers.set(name, container);
  mergeHeaders(container.headers, headers);
  container.modified = now;
  return existing === undefined;
}

/** Deletes a container; 409 unless it is empty. */
export function deleteContainer(swift: SwiftState, projectId: string, name: string): void {
  const container = containerOf(swift, projectId, name);
  if (listedObjects(container).length > 0) throw swiftError(409);
  swift.accounts.get(projectId)?.containers.delete(name);
}

/** The object, or a 404; one that has passed its x-delete-at counts as gone. */
export function objectOf(container: Container, name: string): StoredObject {
  const object = container.objects.get(name);
  if (object === undefined || isExpired(object)) throw swiftError(404);
  return object;
}

/** The object at /container/object, if there is one. */
export function findObject(swift: SwiftState, projectId: string, path: string): StoredObject | undefined {
  const [container = '', ...name] = path.replace(/^\/+/, '').split('/');
  const object = swift.accounts.get(projectId)?.containers.get(container)?.objects.get(name.join('/'));
  return object === undefined || isExpired(object) ? undefined : object;
}

/** Puts an object into a container, in place of one of that name. */
export function putObject(
  container: Container,
  name: string,
  blob: Blob,
  more: {
    contentType?: string;
    headers?: Map<string, string>;
    deleteAt?: Date | undefined;
    manifest?: readonly ManifestEntry[];
  } = {},
): StoredObject {
  const replaced = container.objects.get(name);
  const object: StoredObject = {
    name,
    blob,
    manifest: more.manifest,
    contentType: more.contentType ?? 'application/octet-stream',
    headers: more.headers ?? new Map(),
    deleteAt: more.deleteAt,
    modified: new Date(),
  };
  container.objects.set(name, object);
  // What is being read stays readable until it is closed.
  if (replaced !== undefined) void replaced.blob.discard();
  return object;
}

/** Puts a short text into a container. */
export function putText(container: Container, name: string, text: string): StoredObject {
  return putObject(container, name, blobOf(text), { contentType: 'text/plain' });
}

/**
 * Takes an object out of its container; settles when its bytes are gone too. A 404 if there is none, or one that has
 * expired, which is gone from listings then, as with Swift.
 */
export async function deleteObject(container: Container, name: string): Promise<void> {
  const object = container.objects.get(name);
  if (object === undefined) throw swiftError(404);
  container.objects.delete(name);
  await object.blob.discard();
  if (isExpired(object)) throw swiftError(404);
}

/** The objects of a container in the order of Swift's listings. */
export function liveObjects(container: Container): StoredObject[] {
  return [...container.objects.values()].filter((object) => !isExpired(object)).sort(byName);
}

/** What listings and totals show: objects that have expired too, until Swift comes round to sweep them up. */
export function listedObjects(container: Container): StoredObject[] {
  const listed = [...container.objects.values()].filter((object) => !isExpired(object, sweepsEveryMs));
  return listed.sort(byName);
}

/** Sets headers, and removes those that are given empty. */
export function mergeHeaders(target: Map<string, string>, changes: ReadonlyMap<string, string>): void {
  for (const [name, value] of changes) {
    if (value === '') target.delete(name);
    else target.set(name, value);
  }
}

function byName(one: { name: string }, other: { name: string }): number {
  return Buffer.compare(Buffer.from(one.name), Buffer.from(other.name));
}

function isExpired(object: StoredObject, graceMs = 0): boolean {
  return object.deleteAt !== undefined && object.deleteAt.getTime() + graceMs <= Date.now();
}
