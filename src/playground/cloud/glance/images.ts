import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import type { World } from '../world.ts';
import type { GlanceState, Image } from './state.ts';
import { storeImageData } from './store-image-data.ts';

const diskFormats = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'];
const containerFormats = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];
const visibilities = ['private', 'shared', 'community', 'public'];

/** Makes an image without data. 403 for a public one by somebody who is no administrator. */
export function createImage(glance: GlanceState, caller: Caller, given: Record<string, unknown>): Image {
  const { id = uuid(), tags, ...properties } = given;
  checkProperties(properties);
  if (properties.visibility === 'public' && !caller.isAdmin) throw mayNotPublish();
  if (glance.images.has(String(id)) || glance.deleted.has(String(id)))
    throw new ApiError(409, 'Duplicate', `Image ID ${id} already exists!`);
  const now = new Date();
  const image: Image = {
    id: String(id),
    owner: caller.projectId,
    status: 'queued',
    createdAt: now,
    updatedAt: now,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    properties: { visibility: 'shared', protected: false, min_ram: 0, min_disk: 0, os_hidden: false, ...properties },
    blob: undefined,
    digest: undefined,
    importing: {},
  };
  glance.images.set(image.id, image);
  return image;
}

/** The images that somebody sees, newest first. */
export function visibleImages(glance: GlanceState, caller: Caller): Image[] {
  return [...glance.images.values()].filter((image) => isVisible(image, caller)).reverse();
}

/** The image, or a 404. */
export function imageOf(glance: GlanceState, caller: Caller, id: string): Image {
  const image = glance.images.get(id);
  if (image === undefined || !isVisible(image, caller))
    throw new ApiError(404, 'NotFound', `No image found with ID ${id}`);
  return image;
}

/** Puts data into an image that has none; afterwards it is active. 409 if it has. */
export async function uploadImage(
  world: World,
  caller: Caller,
  id: string,
  data: AsyncIterable<Buffer>,
): Promise<void> {
  const image = ownImage(world.glance, caller, id, 'upload_image');
  if (image.status !== 'queued') {
    throw new ApiError(409, 'Conflict', `Image status transition from ${image.status} to saving is not allowed`);
  }
  if (world.faults.strikes('image')) {
    throw new ApiError(
      413,
      'StorageFull',
      'Image storage media is full: There is not enough disk space on the image storage media.',
    );
  }
  image.status = 'saving';
  try {
    await storeImageData(world, image, data);
    image.status = 'active';
  } finally {
    if (image.blob === undefined) image.status = 'queued';
    image.updatedAt = new Date();
  }
}

/** Applies a JSON patch to an image's properties. */
export function patchImage(glance: GlanceState, caller: Caller, id: string, changes: readonly unknown[]): Image {
  const image = ownImage(glance, caller, id, 'modify_image');
  const properties = { ...image.properties };
  for (const change of changes) applyChange(properties, change);
  checkProperties(properties);
  if (properties.visibility === 'public' && image.properties.visibility !== 'public' && !caller.isAdmin)
    throw mayNotPublish();
  image.properties = properties;
  image.updatedAt = new Date();
  return image;
}

/** Deletes an image; 403 while it is protected. */
export async function deleteImage(glance: GlanceState, caller: Caller, id: string): Promise<void> {
  const known = glance.images.get(id);
  if (known === undefined || !isVisible(known, caller)) {
    throw new ApiError(404, 'NotFound', `Failed to find image ${id} to delete`);
  }
  const image = ownImage(glance, caller, id, 'delete_image');
  if (image.properties.protected === true) {
    throw new ApiError(403, 'Forbidden', `Image ${id} is protected and cannot be deleted.`);
  }
  glance.images.delete(id);
  glance.deleted.add(id);
  await image.blob?.discard();
}

/** The image of that id or, if only one has it, of that name. */
export function findImage(glance: GlanceState, caller: Caller, nameOrId: string): Image | undefined {
  const images = visibleImages(glance, caller);
  return images.find(({ id }) => id === nameOrId) ?? images.find(({ properties }) => properties.name === nameOrId);
}

/** Takes an active image out of use, or back into it. 403 for one without data. */
export function activateImage(glance: GlanceState, caller: Caller, id: string, active: boolean): void {
  const image = ownImage(glance, caller, id, active ? 'reactivate' : 'deactivate');
  if (image.status !== 'active' && image.status !== 'deactivated') {
    const to = active ? 'active' : 'deactivated';
    throw new ApiError(403, 'Forbidden', `Not allowed to change the status from ${image.status} to ${to}`);
  }
  image.status = active ? 'active' : 'deactivated';
  image.updatedAt = new Date();
}

/** The image, if the caller may change it; 403 for somebody else's, 404 if there is none to see. */
export function ownImage(glance: GlanceState, caller: Caller, id: string, action: string): Image {
  const image = imageOf(glance, caller, id);
  if (image.owner === caller.projectId || caller.isAdmin) return image;
  throw new ApiError(403, 'Forbidden', `You are not authorized to complete ${action} action.`);
}

function isVisible(image: Image, caller: Caller): boolean {
  return (
    caller.isAdmin ||
    image.owner === caller.projectId ||
    ['public', 'community'].includes(String(image.properties.visibility))
  );
}

function mayNotPublish(): ApiError {
  return new ApiError(403, 'Forbidden', 'You are not authorized to complete publicize_image action.');
}

function checkProperties(properties: Record<string, unknown>): void {
  checkOneOf(properties, 'disk_format', diskFormats);
  checkOneOf(properties, 'container_format', containerFormats);
  checkOneOf(properties, 'visibility', visibilities);
  const reserved = Object.keys(properties).find((name) => name.startsWith('os_glance_'));
  if (reserved !== undefined) throw new ApiError(403, 'Forbidden', `Attribute '${reserved}' is reserved.`);
  for (const name of [
    'status',
    'size',
    'checksum',
    'owner',
    'created_at',
    'updated_at',
    'os_hash_algo',
    'os_hash_value',
  ]) {
    if (name in properties) throw new ApiError(403, 'Forbidden', `Attribute '${name}' is read-only.`);
  }
}

function checkOneOf(properties: Record<string, unknown>, name: string, allowed: readonly string[]): void {
  const value = properties[name];
  if (value === undefined || value === null || allowed.includes(String(value))) return;
  const list = [null, ...allowed].map((one) => (one === null ? 'None' : `'${one}'`)).join(', ');
  throw new ApiError(
    400,
    'BadRequest',
    `Provided object does not match schema 'image': '${value}' is not one of [${list}]`,
  );
}

function applyChange(properties: Record<string, unknown>, change: unknown): void {
  const { op, path, value } = (change ?? {}) as Record<string, unknown>;
  const name = String(path ?? '').replace(/^\//, '');
  if (op === 'remove') delete properties[name];
  else if (op === 'add' || op === 'replace') properties[name] = value;
  else throw new ApiError(400, 'BadRequest', 'Operations must be JSON objects with add, replace or remove.');
}
