import { Readable } from 'node:stream';
import type { Exchange, Reply } from '../http/exchange.ts';
import { blobOf } from '../support/blob.ts';
import type { World } from '../world.ts';
import { projectOf } from './access.ts';
import { swiftError } from './errors.ts';
import { etagOf, readManifest } from './manifests.ts';
import type { Container, ManifestEntry, StoredObject, SwiftState } from './state.ts';
import { containerOf, deleteObject, findObject, putObject } from './store.ts';

/** What a request wants of an object's manifest, if anything: put, get or delete it. */
export function manifestRequest(exchange: Exchange): string | null {
  return exchange.query.get('multipart-manifest');
}

/** PUT /v1/AUTH_x/c/o?multipart-manifest=put: one object of segments that are there. */
export async function writeLargeObject(
  world: World,
  exchange: Exchange,
  container: Container,
  more: { contentType: string; headers: Map<string, string>; deleteAt: Date | undefined },
): Promise<Reply> {
  const entries = await readManifest(world.swift, exchange);
  const blob = blobOf(JSON.stringify(entries));
  const object = putObject(container, exchange.params.object ?? '', blob, { ...more, manifest: entries });
  const headers = { etag: `"${etagOf(entries)}"`, 'last-modified': object.modified.toUTCString() };
  return { status: 201, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body: '' };
}

/** The manifest itself, as GET and HEAD with ?multipart-manifest=get show it. */
export function showManifest(object: StoredObject, headers: Record<string, string | number>): Reply {
  const own = { ...headers, 'content-type': 'application/json; charset=utf-8', etag: object.blob.md5 };
  return { status: 200, headers: { ...own, 'content-length': object.blob.size }, stream: object.blob.read() };
}

/** Finds the object that a manifest means, unless it is gone or another one by now. */
export type SegmentFinder = (entry: ManifestEntry) => StoredObject | undefined;

/** Segments of an account, or only those in one of its containers. */
export function segmentsWithin(swift: SwiftState, account: string, container: string | undefined): SegmentFinder {
  return (entry) => {
    if (container !== undefined && !entry.name.startsWith(`/${container}/`)) return undefined;
    const found = findObject(swift, projectOf(account), entry.name);
    return found?.blob.md5 === entry.hash && found.blob.size === entry.bytes ? found : undefined;
  };
}

/** The bytes of segments one after the other: 409 if the first is not to be had, and a broken answer later on. */
export function readSegments(
  entries: readonly ManifestEntry[],
  find: SegmentFinder,
  range: { start: number; end: number },
): Readable {
  const wanted = piecesOf(entries, range);
  const [first] = wanted;
  if (first !== undefined && find(first.entry) === undefined) throw swiftError(409);
  async function* content(): AsyncGenerator<Buffer> {
    for (const { start, end, entry } of wanted) {
      const found = find(entry);
      if (found === undefined) throw new Error(`the segment ${entry.name} is not to be had`);
      yield* found.blob.read({ start, end });
    }
  }
  return Readable.from(content(), { objectMode: false });
}

/**
 * DELETE /v1/AUTH_x/c/o?multipart-manifest=delete: the segments, then the manifest. How it went is told in the body of
 * an answer that is 200 in any case.
 */
export async function removeLargeObject(world: World, exchange: Exchange): Promise<Reply> {
  const { account = '', container: containerName = '', object: name = '' } = exchange.params;
  const project = projectOf(account);
  const object = findObject(world.swift, project, `/${containerName}/${name}`);
  if (object === undefined) return bulkReply(exchange, '200 OK', { deleted: 0, missing: 1 });
  if (object.manifest === undefined) {
    const errors: [string, string][] = [[encodeURI(`/${containerName}/${name}`), 'Not an SLO manifest']];
    return bulkReply(exchange, '400 Bad Request', { deleted: 0, missing: 0 }, errors);
  }
  const done = { deleted: 0, missing: 0 };
  for (const path of [...object.manifest.map((entry) => entry.name), `/${containerName}/${name}`]) {
    if (await removeAt(world.swift, project, path)) done.deleted += 1;
    else done.missing += 1;
  }
  return bulkReply(exchange, '200 OK', done);
}

async function removeAt(swift: SwiftState, project: string, path: string): Promise<boolean> {
  if (findObject(swift, project, path) === undefined) return false;
  const [, container = '', ...name] = path.split('/');
  await deleteObject(containerOf(swift, project, container), name.join('/'));
  return true;
}

function bulkReply(
  exchange: Exchange,
  status: string,
  { deleted, missing }: { deleted: number; missing: number },
  errors: [string, string][] = [],
): Reply {
  const outcome = { 'Response Status': status, 'Response Body': '', 'Number Deleted': deleted };
  const json = { ...outcome, 'Number Not Found': missing, Errors: errors };
  if ((exchange.headers.accept ?? '').includes('application/json')) return { status: 200, body: json };
  const lines = [`Number Deleted: ${deleted}`, `Number Not Found: ${missing}`, 'Response Body: '];
  const text = [...lines, `Response Status: ${status}`, 'Errors:', ...errors.map((error) => error.join(', '))];
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${text.join('\n')}\n` };
}

/** Which bytes of which segments a range of the whole needs. */
function piecesOf(
  entries: readonly ManifestEntry[],
  range: { start: number; end: number },
): { entry: ManifestEntry; start: number; end: number }[] {
  let begin = 0;
  return entries.flatMap((entry) => {
    const start = Math.max(0, range.start - begin);
    const end = Math.min(entry.bytes - 1, range.end - begin);
    begin += entry.bytes;
    return start > end ? [] : [{ entry, start, end }];
  });
}
