import { createHash } from 'node:crypto';
import { OpenStackError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { metadataHeaders } from './metadata.ts';
import { deleteAtHeader, unquoted } from './objects.ts';

/** One segment of a static large object, as its manifest names it. */
export interface ManifestEntry {
  container: string;
  object: string;
  /** The MD5 of its content, hexadecimal. */
  etag: string;
  size: number;
}

/** What becomes of an object beside its content. */
export interface LargeObjectOptions {
  container: string;
  object: string;
  segments: readonly ManifestEntry[];
  contentType: string;
  metadata: Readonly<Record<string, string>>;
  /** Of the manifest: each segment has its own. */
  deleteAt?: Date | undefined;
}

/** Swift looks at every segment before it answers, at a few of them at a time. */
const checkedWithinMs = 300_000;

/**
 * PUT: makes one object of segments that are there. Swift compares the size and the digest of each, and the digest of
 * the whole, before it stores anything: 400 names the segments that are missing or different. Answers the object's ETag,
 * which is the MD5 of the ETags of its segments.
 */
export async function putLargeObject(
  swift: ServiceClient,
  { container, object, segments, contentType, metadata, deleteAt }: LargeObjectOptions,
  signal?: AbortSignal,
): Promise<{ etag: string }> {
  const doing = `Putting the ${segments.length} segments of ${container}/${object} together in Swift`;
  const expected = createHash('md5');
  for (const { etag } of segments) expected.update(etag);
  const etag = expected.digest('hex');
  const { headers } = await swift.call('PUT', [container, ...object.split('/')], {
    doing,
    ok: [201],
    query: { 'multipart-manifest': 'put' },
    body: segments.map((segment) => ({
      path: `/${segment.container}/${segment.object}`,
      etag: segment.etag,
      size_bytes: segment.size,
    })),
    // Refusals come in the form that is asked for, and people read the plain one.
    headers: {
      accept: 'text/plain',
      ...metadataHeaders('object', metadata),
      'content-type': contentType,
      etag,
      ...deleteAtHeader(deleteAt),
    },
    deadlineMs: checkedWithinMs,
    signal,
  });
  if (unquoted(headers.etag) === etag) return { etag };
  throw new OpenStackError(
    `${doing}: the answer names other content (${unquoted(headers.etag)} instead of ${etag})`,
    { service: 'Swift', method: 'PUT', path: `/${container}/${object}`, status: 201 },
    { hint: 'Start again', retryable: true },
  );
}

/** GET: the segments of a large object. 404 if there is no such object. */
export async function listManifest(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<ManifestEntry[]> {
  const rows = await swift.get<{ name: string; hash: string; bytes: number }[]>([container, ...object.split('/')], {
    doing: `Looking at the segments of ${container}/${object} in Swift`,
    ok: [200],
    query: { 'multipart-manifest': 'get' },
    signal,
  });
  return rows.map(({ name, hash, bytes }) => {
    const [, segmentContainer = '', ...rest] = name.split('/');
    return { container: segmentContainer, object: rest.join('/'), etag: hash, size: bytes };
  });
}

/** DELETE: a large object with its segments; those that are gone already are no error. */
export async function deleteLargeObject(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `Deleting ${container}/${object} and its segments from Swift`;
  const { text } = await swift.call('DELETE', [container, ...object.split('/')], {
    doing,
    ok: [200],
    query: { 'multipart-manifest': 'delete' },
    deadlineMs: checkedWithinMs,
    signal,
  });
  // The status is sent before the work is done; how it went is in the text.
  const { 'Response Status': outcome = '', Errors: errors = [] } = parseOutcome(text);
  if (errors.length === 0 && /^(200|404)/.test(outcome)) return;
  const [first] = errors;
  throw new OpenStackError(
    `${doing}: ${first === undefined ? `it ended with ${outcome || 'no word'}` : first.join(', ')}`,
    {
      service: 'Swift',
      method: 'DELETE',
      path: `/${container}/${object}`,
      status: Number.parseInt(outcome, 10) || 200,
    },
    { retryable: true },
  );
}

interface Outcome {
  'Response Status'?: string;
  Errors?: string[][];
}

function parseOutcome(text: string): Outcome {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
