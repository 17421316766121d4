import type { Readable } from 'node:stream';
import { OpenStackError } from '../../errors.ts';
import { type Measure, measured } from '../measured.ts';
import type { ServiceClient } from '../service-client.ts';
import { type Image, imageFrom, type WireImage } from './image.ts';

export type { Image } from './image.ts';

export interface CreateImageOptions {
  name: string;
  /** `qcow2`, `raw` … */
  diskFormat: string;
  /** `bare` for anything that is not wrapped in another format. */
  containerFormat: string;
  /** Private by default. Making it public takes an operator. */
  visibility?: 'private' | 'shared' | 'community' | 'public';
  tags?: readonly string[];
  /** Such as `hw_disk_bus`, or properties of one's own. */
  properties?: Readonly<Record<string, string>>;
}

export interface UploadImageOptions {
  /** Starts the content. */
  content: () => Readable;
  /** Bytes, when known. */
  size?: number;
  /** The SHA-512 that the content should have, hexadecimal, when known. */
  sha512?: string;
}

/** What was stored, and the SHA-512 of what was sent, in hexadecimal. */
export interface UploadedImage {
  image: Image;
  sha512: string;
}

export interface ListImagesOptions {
  name?: string;
  /** Only those that carry it. */
  tag?: string;
  /** Only those in one of these. */
  statuses?: readonly string[];
  pageSize?: number;
}

/** Glance may copy and hash all of it after the last byte has arrived. */
const storedWithinMs = 900_000;

/** GET /images: all that the project may see and nobody has hidden, or some of them, newest first. */
export async function listImages(
  glance: ServiceClient,
  { name, tag, statuses, pageSize = 100 }: ListImagesOptions = {},
  signal?: AbortSignal,
): Promise<Image[]> {
  const images: Image[] = [];
  const status = statuses === undefined ? undefined : `in:${statuses.join(',')}`;
  for (let marker: string | undefined; ; ) {
    const page = await glance.get<{ images: WireImage[]; next?: string }>(['images'], {
      doing: 'Listing the Glance images',
      ok: [200],
      query: { name, tag, status, limit: pageSize, marker, sort: 'created_at:desc' },
      signal,
    });
    images.push(...page.images.map(imageFrom));
    marker = page.images.at(-1)?.id;
    if (page.next === undefined || marker === undefined) return images;
  }
}

/** GET /images/{id}. 404 if there is none. */
export async function getImage(glance: ServiceClient, id: string, signal?: AbortSignal): Promise<Image> {
  return imageFrom(
    await glance.get<WireImage>(['images', id], { doing: `Reading the Glance image ${id}`, ok: [200], signal }),
  );
}

/** POST /images: a queued image, without content yet. */
export async function createImage(
  glance: ServiceClient,
  options: CreateImageOptions,
  signal?: AbortSignal,
): Promise<Image> {
  const wire = await glance.post<WireImage>(['images'], {
    doing: `Creating the Glance image ${options.name}`,
    ok: [201],
    body: {
      ...options.properties,
      name: options.name,
      disk_format: options.diskFormat,
      container_format: options.containerFormat,
      visibility: options.visibility ?? 'private',
      tags: options.tags,
    },
    signal,
  });
  return imageFrom(wire);
}

/**
 * PUT /images/{id}/file, then a look at what Glance made of it: active, of the size and with the SHA-512 that were sent.
 * Never repeated by itself: an image takes content once (409 the second time), so after a broken upload it is deleted
 * and made anew.
 */
export async function uploadImage(
  glance: ServiceClient,
  id: string,
  options: UploadImageOptions,
  signal?: AbortSignal,
): Promise<UploadedImage> {
  const content = measured(options.content, options.size, 'sha512');
  await glance.call('PUT', ['images', id, 'file'], {
    doing: `Uploading the Glance image ${id}`,
    ok: [204],
    stream: { open: content.open, size: options.size, contentType: 'application/octet-stream' },
    repeatable: false,
    deadlineMs: storedWithinMs,
    signal,
  });
  const image = await getImage(glance, id, signal);
  const sent = content.measure();
  const difference = differenceOf(image, sent, options.sha512?.toLowerCase());
  if (difference === undefined) return { image, sha512: sent.digest };
  throw new OpenStackError(
    `Uploading the Glance image ${image.name}: ${difference}`,
    { service: 'Glance', method: 'PUT', path: `/images/${id}/file`, status: 204 },
    { hint: 'Delete the image and upload it again from a file that is whole', retryable: false },
  );
}

/** PATCH /images/{id}: notes a property of one's own, in the place of an earlier one of that name. */
export async function setImageProperty(
  glance: ServiceClient,
  id: string,
  { name, value }: { name: string; value: string },
  signal?: AbortSignal,
): Promise<Image> {
  const { text } = await glance.call('PATCH', ['images', id], {
    doing: `Noting ${name} on the Glance image ${id}`,
    ok: [200],
    headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
    body: [{ op: 'add', path: `/${name}`, value }],
    repeatable: true,
    signal,
  });
  const wire: WireImage = JSON.parse(text);
  return imageFrom(wire);
}

/** DELETE /images/{id}: gone is success. 403 for a protected one or somebody else's, 409 while it is in use. */
export async function deleteImage(glance: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await glance.delete(['images', id], { doing: `Deleting the Glance image ${id}`, ok: [204, 404], signal });
}

function differenceOf(image: Image, sent: Measure, expected: string | undefined): string | undefined {
  if (expected !== undefined && expected !== sent.digest) {
    return `the content has the SHA-512 ${sent.digest}, not ${expected}`;
  }
  if (image.status !== 'active') return `it is ${image.status} afterwards instead of active`;
  if (image.size !== sent.bytes) return `${sent.bytes} bytes were sent, and Glance has ${image.size ?? 'none'}`;
  if (image.hash?.algorithm === 'sha512' && image.hash.value !== sent.digest) {
    return `what Glance has (SHA-512 ${image.hash.value}) is not what was sent (${sent.digest})`;
  }
  return undefined;
}
