import { Readable } from 'node:stream';
import type { Exchange, Reply } from '../http/exchange.ts';
import { storeStream } from '../support/blob.ts';
import { epoch } from '../support/times.ts';
import type { World } from '../world.ts';
import { authorize, projectOf } from './access.ts';
import { swiftError, swiftMessage } from './errors.ts';
import {
  manifestRequest,
  readSegments,
  removeLargeObject,
  segmentsWithin,
  showManifest,
  writeLargeObject,
} from './large-objects.ts';
import { etagOf, sizeOf } from './manifests.ts';
import { deletionTime, keptHeaders } from './request-headers.ts';
import type { Container, StoredObject } from './state.ts';
import { containerOf, deleteObject, objectOf, putObject } from './store.ts';
import { downloadHeaders, isSigned, type Reach } from './temp-url.ts';

/** Bytes of the longest name of an object. */
const longestName = 1024;

const objectHeaders = ['x-object-meta-', 'content-encoding', 'content-disposition', 'x-object-manifest'];

/** GET and HEAD /v1/AUTH_x/c/o */
export function readObject(world: World, exchange: Exchange): Reply {
  const reach = authorize(world, exchange, 'read');
  const object = objectOf(containerIn(world, exchange), exchange.params.object ?? '');
  const signed = isSigned(exchange);
  const headers = { ...headersOf(object, signed), ...(signed ? downloadHeaders(exchange, object.name) : {}) };
  if (isUnchanged(exchange, object)) return { status: 304, headers };
  if (object.manifest !== undefined && manifestRequest(exchange) === 'get') return showManifest(object, headers);
  if (exchange.method === 'HEAD') return { status: 200, headers: { ...headers, 'content-length': lengthOf(object) } };
  return content(object, headers, exchange, (wanted) => bytesOf(world, exchange, object, reach, wanted));
}

/** PUT /v1/AUTH_x/c/o, with a body or as a copy of another object. */
export async function writeObject(world: World, exchange: Exchange): Promise<Reply> {
  authorize(world, exchange, 'write');
  const container = await containerForWriting(world, exchange);
  const name = exchange.params.object ?? '';
  checkWritable(world, exchange, container, name);
  if (world.faults.strikes('swift')) throw swiftError(503);
  const more = {
    contentType: exchange.headers['content-type'] ?? 'application/octet-stream',
    headers: keptHeaders(exchange, objectHeaders),
    deleteAt: deletionTime(exchange),
  };
  if (manifestRequest(exchange) === 'put') return writeLargeObject(world, exchange, container, more);
  const blob = await storeStream(world.directory, contentToStore(world, exchange));
  const expected = exchange.headers.etag?.replaceAll('"', '').toLowerCase();
  if (expected !== undefined && expected !== blob.md5) {
    await blob.discard();
    throw swiftError(422);
  }
  const object = putObject(container, name, blob, more);
  const headers = { etag: blob.md5, 'last-modified': object.modified.toUTCString() };
  return { status: 201, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body: '' };
}

/** The container, or a 404 once the content is read: a refusal before that would be lost in a broken connection. */
async function containerForWriting(world: World, exchange: Exchange): Promise<Container> {
  try {
    return containerIn(world, exchange);
  } catch (error) {
    for await (const _chunk of exchange.request);
    throw error;
  }
}

function checkWritable({ swift }: World, exchange: Exchange, container: Container, name: string): void {
  const { headers } = exchange;
  if (Buffer.byteLength(name) > longestName) throw swiftError(400);
  if (headers['if-none-match'] === '*' && container.objects.has(name)) throw swiftError(412);
  if (Number(headers['content-length'] ?? 0) > swift.largestObject) throw swiftError(413);
}

function contentToStore(world: World, exchange: Exchange): AsyncIterable<Buffer> {
  const source = exchange.headers['x-copy-from'];
  return typeof source === 'string' ? copySource(world, exchange, source).blob.read() : exchange.request;
}

/** POST /v1/AUTH_x/c/o: new metadata in place of all the old. */
export function changeObject(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'write');
  const object = objectOf(containerIn(world, exchange), exchange.params.object ?? '');
  object.headers = keptHeaders(exchange, objectHeaders);
  object.contentType = exchange.headers['content-type'] ?? object.contentType;
  object.deleteAt = deletionTime(exchange);
  object.modified = new Date();
  const body = '<html><h1>Accepted</h1><p>The request is accepted for processing.</p></html>';
  return { status: 202, headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
}

/** DELETE /v1/AUTH_x/c/o */
export async function removeObject(world: World, exchange: Exchange): Promise<Reply> {
  authorize(world, exchange, 'write');
  if (manifestRequest(exchange) === 'delete') return removeLargeObject(world, exchange);
  await deleteObject(containerIn(world, exchange), exchange.params.object ?? '');
  return { status: 204 };
}

function containerIn(world: World, exchange: Exchange): Container {
  const { account = '', container = '' } = exchange.params;
  return containerOf(world.swift, projectOf(account), container);
}

function copySource(world: World, exchange: Exchange, source: string): StoredObject {
  const [, container, object] = /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(source)) ?? [];
  if (container === undefined || object === undefined) {
    throw swiftMessage(412, 'X-Copy-From header must be of the form <container name>/<object name>');
  }
  return objectOf(containerOf(world.swift, projectOf(exchange.params.account ?? ''), container), object);
}

/** A signed download does not show metadata but what is called public. */
function headersOf(object: StoredObject, signed: boolean): Record<string, string | number> {
  const own = [...object.headers].filter(
    ([name]) => !signed || !name.startsWith('x-object-meta-') || name.startsWith('x-object-meta-public-'),
  );
  return {
    'content-type': object.contentType,
    ...Object.fromEntries(own),
    ...(object.deleteAt === undefined ? {} : { 'x-delete-at': object.deleteAt.getTime() / 1000 }),
    ...contentMarks(object),
    'last-modified': object.modified.toUTCString(),
    'x-timestamp': epoch(object.modified),
    'accept-ranges': 'bytes',
  };
}

/** What tells one content from another. */
function contentMarks({ blob, manifest }: StoredObject): Record<string, string> {
  if (manifest === undefined) return { etag: blob.md5 };
  return { 'x-static-large-object': 'True', 'x-manifest-etag': blob.md5, etag: `"${etagOf(manifest)}"` };
}

function lengthOf({ blob, manifest }: StoredObject): number {
  return manifest === undefined ? blob.size : sizeOf(manifest);
}

function isUnchanged(exchange: Exchange, object: StoredObject): boolean {
  const given = exchange.headers['if-none-match'];
  const own = contentMarks(object).etag?.replaceAll('"', '');
  return given?.split(',').some((tag) => tag.trim().replaceAll('"', '') === own) === true;
}

function bytesOf(world: World, exchange: Exchange, object: StoredObject, reach: Reach, wanted: Range): Readable {
  const { account = '', container = '' } = exchange.params;
  if (object.manifest === undefined) return object.blob.read(wanted);
  const segments = segmentsWithin(world.swift, account, reach === 'container' ? container : undefined);
  return readSegments(object.manifest, segments, wanted);
}

function content(
  object: StoredObject,
  headers: Record<string, string | number>,
  exchange: Exchange,
  read: (wanted: Range) => Readable,
): Reply {
  const size = lengthOf(object);
  const range = rangeOf(exchange.headers.range, size);
  if (range === undefined) {
    return {
      status: 200,
      headers: { ...headers, 'content-length': size },
      stream: size === 0 ? Readable.from([]) : read({ start: 0, end: size - 1 }),
    };
  }
  if (range.start > range.end) throw swiftError(416, { 'content-range': `bytes */${size}` });
  return {
    status: 206,
    headers: {
      ...headers,
      'content-range': `bytes ${range.start}-${range.end}/${size}`,
      'content-length': range.end - range.start + 1,
    },
    stream: read(range),
  };
}

/** From one byte to another, both included. */
interface Range {
  start: number;
  end: number;
}

/** One range of bytes; Swift knows several at once, nobody here needs them. */
function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size - 1 };
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
