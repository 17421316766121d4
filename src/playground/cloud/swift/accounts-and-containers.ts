import type { Exchange, Reply } from '../http/exchange.ts';
import { epoch } from '../support/times.ts';
import type { World } from '../world.ts';
import { authorize, projectOf } from './access.ts';
import { swiftError } from './errors.ts';
import { listing } from './listing.ts';
import { etagOf, sizeOf } from './manifests.ts';
import { keptHeaders } from './request-headers.ts';
import type { Container, StoredObject } from './state.ts';
import { accountOf, containerOf, deleteContainer, listedObjects, mergeHeaders, putContainer } from './store.ts';

const accountHeaders = ['x-account-meta-'];
const containerHeaders = [
  'x-container-meta-',
  'x-container-read',
  'x-container-write',
  'x-versions-location',
  'x-history-location',
];

/** GET and HEAD /v1/AUTH_x */
export function showAccount(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'own');
  const account = accountOf(world.swift, projectOf(exchange.params.account ?? ''));
  const containers = [...account.containers.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
  const objects = containers.flatMap(listedObjects);
  const headers = {
    ...Object.fromEntries(account.headers),
    'x-account-container-count': containers.length,
    'x-account-object-count': objects.length,
    'x-account-bytes-used': bytesOf(objects),
    'x-timestamp': epoch(account.created),
    'accept-ranges': 'bytes',
  };
  if (exchange.method === 'HEAD') return { status: 204, headers };
  return listing(exchange, containers.map(containerLine), headers);
}

/** POST /v1/AUTH_x */
export function changeAccount(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'own');
  const account = accountOf(world.swift, projectOf(exchange.params.account ?? ''));
  mergeHeaders(account.headers, keptHeaders(exchange, accountHeaders));
  return { status: 204, body: '' };
}

/** GET and HEAD /v1/AUTH_x/c */
export function showContainer(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'list');
  const container = containerIn(world, exchange);
  const objects = listedObjects(container);
  const headers = {
    ...Object.fromEntries(container.headers),
    'x-container-object-count': objects.length,
    'x-container-bytes-used': bytesOf(objects),
    'x-timestamp': epoch(container.created),
    'last-modified': container.modified.toUTCString(),
    'accept-ranges': 'bytes',
    'x-storage-policy': 'Policy-0',
  };
  if (exchange.method === 'HEAD') return { status: 204, headers };
  return listing(exchange, objects.map(objectLine), headers);
}

/** PUT /v1/AUTH_x/c */
export function createContainer(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'own');
  const { account = '', container = '' } = exchange.params;
  if (Buffer.byteLength(container) > 256) throw swiftError(400);
  const made = putContainer(world.swift, projectOf(account), container, keptHeaders(exchange, containerHeaders));
  return { status: made ? 201 : 202, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: '' };
}

/** POST /v1/AUTH_x/c */
export function changeContainer(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'own');
  const container = containerIn(world, exchange);
  mergeHeaders(container.headers, keptHeaders(exchange, containerHeaders));
  container.modified = new Date();
  return { status: 204 };
}

/** DELETE /v1/AUTH_x/c */
export function removeContainer(world: World, exchange: Exchange): Reply {
  authorize(world, exchange, 'own');
  const { account = '', container = '' } = exchange.params;
  deleteContainer(world.swift, projectOf(account), container);
  return { status: 204 };
}

function containerIn(world: World, exchange: Exchange): Container {
  const { account = '', container = '' } = exchange.params;
  return containerOf(world.swift, projectOf(account), container);
}

function bytesOf(objects: readonly StoredObject[]): number {
  return objects.reduce((sum, { blob }) => sum + blob.size, 0);
}

function containerLine(container: Container): { name: string; json: object } {
  const { name, modified } = container;
  const objects = listedObjects(container);
  return { name, json: { name, count: objects.length, bytes: bytesOf(objects), last_modified: stamp(modified) } };
}

function objectLine({ name, blob, manifest, contentType, modified }: StoredObject): { name: string; json: object } {
  const bytes = manifest === undefined ? blob.size : sizeOf(manifest);
  const line = { bytes, hash: blob.md5, name, content_type: contentType, last_modified: stamp(modified) };
  return { name, json: manifest === undefined ? line : { ...line, slo_etag: `"${etagOf(manifest)}"` } };
}

function stamp(at: Date): string {
  return at.toISOString().replace('Z', '000');
}
