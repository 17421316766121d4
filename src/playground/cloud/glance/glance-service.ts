import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson, type Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { htmlPage } from '../support/html.ts';
import { seconds } from '../support/times.ts';
import type { World } from '../world.ts';
import { activateImage, createImage, deleteImage, imageOf, patchImage, uploadImage, visibleImages } from './images.ts';
import { beginImport } from './imports.ts';
import type { GlanceState, Image } from './state.ts';
import { taskView } from './task-view.ts';

/** Glance v2: images and their data. */
export const glance: Service = {
  name: 'glance',
  prefix: '/image',
  routes: [
    { method: 'GET', path: '/', open: (world) => versions(world, 300) },
    { method: 'GET', path: '/versions', open: (world) => versions(world, 200) },
    { method: 'POST', path: '/v2/images', handle: create },
    { method: 'GET', path: '/v2/images', handle: list },
    { method: 'GET', path: '/v2/images/:id', handle: show },
    { method: 'PATCH', path: '/v2/images/:id', handle: patch },
    { method: 'DELETE', path: '/v2/images/:id', handle: remove },
    { method: 'PUT', path: '/v2/images/:id/file', handle: upload },
    { method: 'GET', path: '/v2/images/:id/file', handle: download },
    { method: 'POST', path: '/v2/images/:id/import', handle: importData },
    { method: 'GET', path: '/v2/images/:id/tasks', handle: tasks },
    { method: 'POST', path: '/v2/images/:id/actions/deactivate', handle: activation(false) },
    { method: 'POST', path: '/v2/images/:id/actions/reactivate', handle: activation(true) },
    { method: 'GET', path: '/v2/info/import', handle: importInfo },
  ],
  // Glance has no JSON for its errors.
  refuse: (error, exchange) =>
    htmlPage(
      error.status,
      error.message,
      error.status === 401 ? { 'www-authenticate': `Keystone uri="${exchange.url.origin}/identity"` } : {},
    ),
};

const minors = [15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

function versions(world: World, status: number): Reply {
  const links = [{ rel: 'self', href: `${world.baseUrl}/image/v2/` }];
  const all = minors.map((minor, index) => ({
    id: `v2.${minor}`,
    status: index === 0 ? 'CURRENT' : 'SUPPORTED',
    links,
  }));
  return { status, body: { versions: all } };
}

async function create(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const image = createImage(world.glance, caller, await readJson(exchange));
  return {
    status: 201,
    headers: {
      location: `${world.baseUrl}/image/v2/images/${image.id}`,
      'openstack-image-import-methods': world.glance.importMethods.join(','),
    },
    body: imageView(world.glance, image),
  };
}

const filters = ['name', 'status', 'visibility', 'owner', 'disk_format', 'container_format'];
const reserved = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'tag', 'os_hidden'];
const mostPerPage = 1000;

function list(world: World, exchange: Exchange, caller: Caller): Reply {
  const { query } = exchange;
  const found = visibleImages(world.glance, caller).filter((image) => isAskedFor(world.glance, image, query));
  const marker = query.get('marker');
  const start = marker === null ? 0 : found.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && start === 0) throw new ApiError(400, 'BadRequest', `Marker ${marker} could not be found.`);
  const limit = Math.min(Number(query.get('limit') ?? 25), mostPerPage);
  if (!Number.isInteger(limit) || limit < 0) throw new ApiError(400, 'BadRequest', 'limit param must be an integer');
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  const rest = new URLSearchParams(query);
  rest.delete('marker');
  const first = rest.size === 0 ? '/v2/images' : `/v2/images?${rest}`;
  if (last !== undefined) rest.set('marker', last.id);
  const next = last !== undefined && page.length === limit ? { next: `/v2/images?${rest}` } : {};
  return {
    status: 200,
    body: { images: page.map((image) => imageView(world.glance, image)), first, schema: '/v2/schemas/images', ...next },
  };
}

function isAskedFor(glance: GlanceState, image: Image, query: URLSearchParams): boolean {
  if ((image.properties.os_hidden === true) !== hiddenAreAskedFor(query)) return false;
  const view = imageView(glance, image) as Record<string, unknown>;
  const tags = query.getAll('tag');
  if (!tags.every((tag) => image.tags.includes(tag))) return false;
  return [...query].every(([key, value]) => reserved.includes(key) || matches(key, value, view[key]));
}

/** What somebody has hidden is listed to nobody who does not ask for it. */
function hiddenAreAskedFor(query: URLSearchParams): boolean {
  const asked = (query.get('os_hidden') ?? 'false').toLowerCase();
  if (asked === 'true' || asked === 'false') return asked === 'true';
  const valid = "Valid values are 'true' or 'false'.";
  throw new ApiError(400, 'BadRequest', `Invalid value '${asked}' for 'os_hidden' filter. ${valid}`);
}

function matches(key: string, asked: string, value: unknown): boolean {
  if (filters.includes(key) && asked.startsWith('in:')) return asked.slice(3).split(',').includes(String(value));
  return String(value) === asked;
}

function show(world: World, exchange: Exchange, caller: Caller): Reply {
  return { status: 200, body: imageView(world.glance, imageOf(world.glance, caller, exchange.params.id ?? '')) };
}

const patchType = /^application\/openstack-images-v2\.[01]-json-patch$/;

async function patch(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  if (!patchType.test(exchange.headers['content-type'] ?? '')) throw wrongMediaType(exchange);
  const changes = await readJson(exchange);
  if (!Array.isArray(changes))
    throw new ApiError(400, 'BadRequest', 'Request body must be a JSON array of operation objects.');
  const image = patchImage(world.glance, caller, exchange.params.id ?? '', changes);
  return { status: 200, body: imageView(world.glance, image) };
}

async function remove(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  await deleteImage(world.glance, caller, exchange.params.id ?? '');
  return { status: 204 };
}

async function upload(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  if (exchange.headers['content-type'] !== 'application/octet-stream') throw wrongMediaType(exchange);
  await uploadImage(world, caller, exchange.params.id ?? '', exchange.request);
  return { status: 204 };
}

function download(world: World, exchange: Exchange, caller: Caller): Reply {
  const { blob } = imageOf(world.glance, caller, exchange.params.id ?? '');
  if (blob === undefined) return { status: 204 };
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'content-md5': blob.md5, 'content-length': blob.size },
    stream: blob.read(),
  };
}

function wrongMediaType(exchange: Exchange): ApiError {
  const type = exchange.headers['content-type'] ?? '';
  return new ApiError(415, 'UnsupportedMediaType', `The request media type ${type} is not supported by this server.`);
}

function importInfo(world: World): Reply {
  const value = world.glance.importMethods;
  return {
    status: 200,
    body: { 'import-methods': { description: 'Import methods available.', type: 'array', value } },
  };
}

async function importData(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const { method } = await readJson(exchange);
  const { name, uri } = (method ?? {}) as Record<string, unknown>;
  beginImport(world, caller, exchange.params.id ?? '', { name, uri }, exchange.requestId);
  return { status: 202 };
}

function tasks(world: World, exchange: Exchange, caller: Caller): Reply {
  const { id } = imageOf(world.glance, caller, exchange.params.id ?? '');
  return { status: 200, body: { tasks: world.glance.tasks.filter(({ image }) => image === id).map(taskView) } };
}

function activation(active: boolean): (world: World, exchange: Exchange, caller: Caller) => Reply {
  return (world, exchange, caller) => {
    activateImage(world.glance, caller, exchange.params.id ?? '', active);
    return { status: 204 };
  };
}

function imageView(glance: GlanceState, image: Image): object {
  const { id, blob } = image;
  return {
    name: null,
    disk_format: null,
    container_format: null,
    ...image.properties,
    size: blob?.size ?? null,
    virtual_size: image.properties.disk_format === 'raw' ? (blob?.size ?? null) : null,
    status: image.status,
    checksum: blob?.md5 ?? null,
    owner: image.owner,
    os_hash_algo: image.digest === undefined ? null : glance.hash,
    os_hash_value: image.digest ?? null,
    ...image.importing,
    id,
    created_at: seconds(image.createdAt),
    updated_at: seconds(image.updatedAt),
    tags: image.tags,
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    schema: '/v2/schemas/image',
    ...(blob === undefined ? {} : { stores: 'file' }),
  };
}
