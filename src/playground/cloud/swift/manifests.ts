import { createHash } from 'node:crypto';
import type { Exchange } from '../http/exchange.ts';
import { swiftError, swiftMessage } from './errors.ts';
import type { ManifestEntry, StoredObject, SwiftState } from './state.ts';
import { findObject } from './store.ts';

/** What a Swift with its defaults allows objects of segments. */
export const slo = {
  max_manifest_segments: 1000,
  max_manifest_size: 8_388_608,
  yield_frequency: 10,
  min_segment_size: 1,
  allow_async_delete: false,
};

const plain = { 'content-type': 'text/plain' };

/** A segment as whoever puts a manifest names it. */
interface Claim {
  path: string;
  etag?: string | null;
  size_bytes?: number | string | null;
}

/**
 * Reads a manifest and compares it with the segments that are there. Refuses it in the words of Swift's middleware slo:
 * 400 with a line for each fault, 413 above its limits, 422 when the request's ETag is another.
 */
export async function readManifest(swift: SwiftState, exchange: Exchange): Promise<ManifestEntry[]> {
  const claims = parseClaims(await readText(exchange));
  const { account = '' } = exchange.params;
  const problems: [string, string][] = [];
  const entries = claims.flatMap((claim) => {
    const found = findObject(swift, account.replace(/^AUTH_/, ''), claim.path);
    problems.push(...faultsOf(claim, found).map((fault): [string, string] => [encodeURI(claim.path), fault]));
    return found === undefined ? [] : [entryOf(claim, found)];
  });
  if (problems.length > 0) throw refusal(exchange, problems);
  const expected = exchange.headers.etag?.replaceAll('"', '').toLowerCase();
  if (expected !== undefined && expected !== etagOf(entries)) throw swiftError(422);
  return entries;
}

/** The ETag of an object of segments: the MD5 of the MD5s of its segments. */
export function etagOf(entries: readonly ManifestEntry[]): string {
  return createHash('md5')
    .update(entries.map(({ hash }) => hash).join(''))
    .digest('hex');
}

/** Bytes of an object of segments. */
export function sizeOf(entries: readonly ManifestEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function readText(exchange: Exchange): Promise<string> {
  const tooLarge = () => swiftMessage(413, `Manifest File > ${slo.max_manifest_size} bytes`);
  if (Number(exchange.headers['content-length'] ?? 0) > slo.max_manifest_size) throw tooLarge();
  const chunks: Buffer[] = [];
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').slice(0, slo.max_manifest_size);
}

function parseClaims(text: string): Claim[] {
  const claims = parseList(text);
  const faults = claims.flatMap((claim, index) => {
    const fault = shapeFault(claim, index === claims.length - 1);
    return fault === undefined ? [] : [`Index ${index}: ${fault}\n`];
  });
  if (faults.length > 0) throw swiftMessage(400, faults.join(''), plain);
  if (claims.length > slo.max_manifest_segments) {
    throw swiftMessage(413, `Number of object-backed segments must be <= ${slo.max_manifest_segments}`);
  }
  return claims as Claim[];
}

function parseList(text: string): unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw swiftMessage(400, 'Manifest must be valid JSON.\n');
  }
  if (Array.isArray(list)) return list;
  throw swiftMessage(400, 'Manifest must be a list.\n');
}

const knownKeys = ['path', 'etag', 'size_bytes', 'range'];

function shapeFault(claim: unknown, isLast: boolean): string | undefined {
  if (typeof claim !== 'object' || claim === null) return 'not a JSON object';
  const { path, size_bytes: size = null } = claim as Partial<Claim>;
  if (path === undefined) return "expected keys to include one of b'path' or b'data'";
  const extra = Object.keys(claim).filter((key) => !knownKeys.includes(key));
  if (extra.length > 0) return `extraneous keys ${extra.map((key) => JSON.stringify(key)).join(', ')}`;
  if (typeof path !== 'string') return '"path" must be a string';
  if (!/[^/]\/+[^/]/.test(path)) {
    return 'path does not refer to an object. Path must be of the form /container/object.';
  }
  if (size === null) return undefined;
  if (!/^-?\d+$/.test(String(size))) return 'invalid size_bytes';
  return Number(size) < 1 && !isLast ? 'too small; each segment must be at least 1 byte.' : undefined;
}

function faultsOf({ etag, size_bytes: size }: Claim, found: StoredObject | undefined): string[] {
  if (found === undefined) return ['404 Not Found'];
  const faults: string[] = [];
  if (size !== undefined && size !== null && Number(size) !== found.blob.size) faults.push('Size Mismatch');
  if (etag !== undefined && etag !== null && etag !== found.blob.md5) faults.push('Etag Mismatch');
  return faults;
}

function entryOf({ path }: Claim, { blob, contentType, modified }: StoredObject): ManifestEntry {
  return {
    name: `/${path.replace(/^\/+/, '')}`,
    bytes: blob.size,
    hash: blob.md5,
    content_type: contentType,
    last_modified: `${modified.toISOString().slice(0, 19)}.000000`,
  };
}

function refusal(exchange: Exchange, problems: readonly [string, string][]): Error {
  if ((exchange.headers.accept ?? '').includes('application/json')) {
    return swiftMessage(400, JSON.stringify({ Errors: problems }), { 'content-type': 'application/json' });
  }
  return swiftMessage(400, `Errors:\n${problems.map((problem) => `${problem.join(', ')}\n`).join('')}`, plain);
}
