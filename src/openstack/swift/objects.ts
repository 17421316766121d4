import type { Readable } from 'node:stream';
import { isNotFound, OpenStackError } from '../../errors.ts';
import { measured } from '../measured.ts';
import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';
import { metadataHeaders, metadataOf } from './metadata.ts';

/** An object, without its content. */
export interface StoredObject {
  name: string;
  size: number;
  /** The MD5 of the content, hexadecimal; for an object made of segments something else. */
  etag: string;
  contentType: string;
  /** Its own X-Object-Meta-* headers, names in lower case. */
  metadata: Readonly<Record<string, string>>;
  /** True for an object made of segments (a static large object). */
  segmented: boolean;
  /** When Swift deletes it. */
  deleteAt?: Date;
}

/** An object as a listing shows it; its ETag there is the MD5 of what is stored under the name, be it a manifest. */
export interface ListedObject extends Pick<StoredObject, 'name' | 'size' | 'etag' | 'contentType'> {
  modifiedAt: Date;
}

export interface PutObjectOptions {
  container: string;
  object: string;
  /** Starts the content anew; called once an attempt. */
  content: () => Readable;
  /** Bytes. */
  size: number;
  /** The MD5 of the content, hexadecimal, when it is known beforehand: Swift then refuses anything else with 422. */
  md5?: string;
  contentType?: string;
  /** At most some 3 KB in all. */
  metadata?: Readonly<Record<string, string>>;
  /** Swift deletes it then. */
  deleteAt?: Date;
}

/** Content may take a while to be written through to the disks after its last byte was sent. */
const storedWithinMs = 300_000;

/**
 * PUT: stores the content under a name, over whatever was there. Answers the ETag after comparing it with the MD5 of
 * what was sent. 404 if there is no such container, 413 above the largest size (see getInfo).
 */
export async function putObject(
  swift: ServiceClient,
  options: PutObjectOptions,
  signal?: AbortSignal,
): Promise<{ etag: string }> {
  const { container, object, size, md5 } = options;
  const doing = `Uploading ${container}/${object} to Swift`;
  const content = measured(options.content, size, 'md5');
  const { status, headers } = await swift.call('PUT', [container, ...object.split('/')], {
    doing,
    ok: [201, 422],
    stream: { open: content.open, size, contentType: options.contentType ?? 'application/octet-stream' },
    headers: {
      ...metadataHeaders('object', options.metadata ?? {}),
      ...(md5 === undefined ? {} : { etag: md5 }),
      ...deleteAtHeader(options.deleteAt),
    },
    deadlineMs: storedWithinMs,
    signal,
  });
  const etag = unquoted(headers.etag);
  const sent = content.measure().digest;
  if (status === 422 || etag !== sent) {
    const found = status === 422 ? sent : etag;
    throw new OpenStackError(
      `${doing}: what arrived is not what was meant to be sent (MD5 ${md5 ?? sent} expected, ${found} found)`,
      // An answer of 201 to other content is the same refusal, said by us.
      { service: 'Swift', method: 'PUT', path: `/${container}/${object}`, status: 422 },
      { hint: 'The file was changed or damaged on its way; start again', retryable: true },
    );
  }
  return { etag };
}

/** HEAD: the object, or undefined if there is none. */
export async function findObject(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<StoredObject | undefined> {
  const { status, headers } = await swift.call('HEAD', [container, ...object.split('/')], {
    doing: `Looking at ${container}/${object} in Swift`,
    ok: [200, 204, 404],
    signal,
  });
  if (status === 404) return undefined;
  const deleteAt = headers['x-delete-at'];
  return {
    name: object,
    size: Number(headers['content-length'] ?? 0),
    etag: unquoted(headers.etag),
    contentType: headers['content-type'] ?? '',
    metadata: metadataOf('object', headers),
    segmented: headers['x-static-large-object']?.toLowerCase() === 'true',
    ...(deleteAt !== undefined && { deleteAt: new Date(Number(deleteAt) * 1000) }),
  };
}

/**
 * POST: has Swift delete the object at a moment, or never, and clears its metadata. False if there is none: one whose
 * moment has passed is still listed for a while.
 */
export async function setObjectLife(
  swift: ServiceClient,
  { container, object, deleteAt }: { container: string; object: string; deleteAt: Date | undefined },
  signal?: AbortSignal,
): Promise<boolean> {
  const { status } = await swift.call('POST', [container, ...object.split('/')], {
    doing: `Setting how long Swift keeps ${container}/${object}`,
    ok: [202, 404],
    headers: deleteAtHeader(deleteAt),
    repeatable: true,
    signal,
  });
  return status === 202;
}

/**
 * GET: the content as a stream, which the caller reads to its end or destroys; that of segments as one. It breaks off
 * with an error when a segment is gone. 404 if there is none.
 */
export async function getObject(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<{ stream: Readable; size: number; etag: string }> {
  const { stream, headers } = await swift.open([container, ...object.split('/')], {
    doing: `Fetching ${container}/${object} from Swift`,
    ok: [200],
    signal,
  });
  return { stream, size: Number(headers['content-length'] ?? 0), etag: unquoted(headers.etag) };
}

/** GET: the content as a text, or undefined if there is none. Meant for small objects. */
export async function findObjectText(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { status, text } = await swift.call('GET', [container, ...object.split('/')], {
    doing: `Fetching ${container}/${object} from Swift`,
    ok: [200, 404],
    signal,
  });
  return status === 404 ? undefined : text;
}

/** DELETE: gone is success. Segments stay: see removeStoredFile. */
export async function deleteObject(
  swift: ServiceClient,
  container: string,
  object: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await swift.delete([container, ...object.split('/')], {
      doing: `Deleting ${container}/${object} from Swift`,
      ok: [204],
      signal,
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** All objects of a container whose names begin with `prefix`, in the order of their names. 404 if there is none. */
export async function listObjects(
  swift: ServiceClient,
  container: string,
  options: { prefix?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<ListedObject[]> {
  const rows = await listAll<{
    name: string;
    hash: string;
    bytes: number;
    content_type: string;
    last_modified: string;
  }>(swift, [container], `Listing the objects in ${container}`, options, signal);
  return rows.map(({ name, hash, bytes, content_type, last_modified }) => ({
    name,
    size: bytes,
    etag: hash,
    contentType: content_type,
    modifiedAt: parseListedTime(last_modified),
  }));
}

/** The time in a listing, which is UTC: Swift does not say so, a Ceph gateway does (2026-11-22T10:00:00.000Z). */
export function parseListedTime(text: string): Date {
  return new Date(text.endsWith('Z') ? text : `${text}Z`);
}

/** The header that has Swift delete an object; it counts in whole seconds. */
export function deleteAtHeader(deleteAt: Date | undefined): Record<string, string> {
  return deleteAt === undefined ? {} : { 'x-delete-at': String(Math.ceil(deleteAt.getTime() / 1000)) };
}

/** Segmented objects put their ETag in quotes. */
export function unquoted(etag: string | undefined): string {
  return (etag ?? '').replace(/^"|"$/g, '');
}
