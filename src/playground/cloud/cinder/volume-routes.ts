import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { NovaState } from '../nova/state.ts';
import { mapOf, numberOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import type { Volume } from './state.ts';
import { createVolume, volumesOf } from './volumes.ts';

/** osapi_max_limit */
const mostPerPage = 1000;

/** POST /volumes: an empty volume, which is there at once. */
export async function create({ cinder }: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const given = mapOf(mapOf(await readJson(exchange)).volume);
  const size = numberOf(given.size);
  if (size === undefined || size < 1) {
    throw new ApiError(400, 'badRequest', `Invalid input for field/attribute size. Value: ${String(given.size)}.`);
  }
  const metadata = Object.fromEntries(
    Object.entries(mapOf(given.metadata)).map(([key, value]) => [key, String(value)] as const),
  );
  const [name, type] = [textOf(given.name), textOf(given.volume_type)];
  const volume = createVolume(cinder, caller, { size, metadata, ...(name && { name }), ...(type && { type }) });
  return { status: 202, body: { volume: view(volume, []) } };
}

/** GET /volumes/detail: those of the project, the newest first, a page of them when there is a limit. */
export function list({ cinder, nova }: World, { query, url }: Exchange, { projectId }: Caller): Reply {
  const rows = volumesOf(cinder, projectId).reverse();
  const marker = query.get('marker');
  const start = marker === null ? 0 : rows.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && start === 0) throw notFound(marker);
  const limit = Math.min(Number(query.get('limit') ?? mostPerPage), mostPerPage);
  const page = rows.slice(start, start + limit);
  const last = page.at(-1);
  const body = { volumes: page.map((volume) => view(volume, serversWith(volume, nova))) };
  if (last === undefined || page.length < limit) return { status: 200, body };
  const next = new URL(url);
  next.searchParams.set('marker', last.id);
  return { status: 200, body: { ...body, volumes_links: [{ rel: 'next', href: next.href }] } };
}

/** DELETE /volumes/{id}: it is gone at once, unless a server has it. */
export function remove({ cinder, nova }: World, { params }: Exchange, { projectId }: Caller): Reply {
  const { id = '' } = params;
  const volume = cinder.volumes.get(id);
  if (volume?.projectId !== projectId) throw notFound(id);
  if (serversWith(volume, nova).length > 0) throw new ApiError(400, 'badRequest', inUse);
  cinder.volumes.delete(id);
  return { status: 202 };
}

const inUse =
  'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';

function notFound(id: string): ApiError {
  return new ApiError(404, 'itemNotFound', `Volume ${id} could not be found.`);
}

/** Ids of the servers that have a volume. */
function serversWith({ id }: Volume, { servers }: NovaState): string[] {
  return [...servers.values()].filter(({ volumes }) => volumes.some((volume) => volume.id === id)).map((one) => one.id);
}

function view(volume: Volume, servers: readonly string[]): object {
  const { id, projectId, name, size, type, metadata, createdAt } = volume;
  return {
    id,
    name,
    description: null,
    size,
    status: servers.length === 0 ? 'available' : 'in-use',
    metadata,
    attachments: servers.map((server) => ({ server_id: server, volume_id: id, device: '/dev/vda' })),
    availability_zone: 'nova',
    bootable: 'false',
    encrypted: false,
    volume_type: type,
    created_at: createdAt.toISOString().replace(/Z$/, '000'),
    'os-vol-tenant-attr:tenant_id': projectId,
  };
}
