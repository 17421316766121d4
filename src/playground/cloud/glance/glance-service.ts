import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson, type Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { htmlPage } from '../support/html.ts';
import { seconds } from '../support/times.ts';
import type { World } from '../world.ts';
import { createImage, deleteImage, imageOf, patchImage, uploadImage, visibleImages } from './images.ts';
import type { Image } from './state.ts';

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
      'openstack-image-import-methods': 'glance-direct,web-download,copy-image',
    },
    body: imageView(image),
  };
}

const filters = ['name', 'status', 'visibility', 'owner', 'disk_format', 'container_format'];
const reserved = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'tag'];
const mostPerPage = 1000;

function list(world: World, exchange: Exchange, caller: Caller): Reply {
  const { query } = exchange;
  const found = visibleImages(world.glance, caller).filter((image) => isAskedFor(image, query));
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
  return { status: 200, body: { images: page.map(imageView), first, schema: '/v2/schemas/images', ...next } };
}

function isAskedFor(image: Image, query: URLSearchParams): boolean {
  const view = imageView(image) as Record<string, unknown>;
  const tags = query.getAll('tag');
  if (!tags.every((tag) => image.tags.includes(tag))) return false;
  return [...query].every(([key, value]) => reserved.includes(key) || matches(key, value, view[key]));
}

function matches(key: string, asked: string, value: unknown): boolean {
  if (filters.includes(key) && asked.startsWith('in:')) return asked.slice(3).split(',').includes(String(value));
  return String(value) === asked;
}

function show(world: World, exchange: Exchange, caller: Caller): Reply {
  return { status: 200, body: imageView(imageOf(world.glance, caller, exchange.params.id ?? '')) };
}

const patchType = /^application\/openstack-images-v2\.[01]-json-patch$/;

async function patch(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  if (!patchType.test(exchange.headers['content-type'] ?? '')) throw wrongMediaType(exchange);
  const changes = await readJson(exchange);
  if (!Array.isArray(changes))
    throw new ApiError(400, 'BadRequest', 'Request body must be a JSON array of operation objects.');
  return { status: 200, body: imageView(patchImage(world.glance, caller, exchange.params.id ?? '', changes)) };
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

function imageView(image: Image): object {
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
    os_hash_algo: blob === undefined ? null : 'sha512',
    os_hash_value: blob?.sha512 ?? null,
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
