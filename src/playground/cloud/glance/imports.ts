import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, interceptors, request } from 'undici';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import type { World } from '../world.ts';
import { ownImage } from './images.ts';
import type { Image, ImportTask } from './state.ts';
import { storeImageData } from './store-image-data.ts';

const store = 'file';

/** Nothing else is reachable from here; real clouds fetch from wherever images are, on ports 80 and 443. */
const allowedHost = '127.0.0.1';

/** How long an image is active before its import is over. */
const lastLookMs = 50;

/** Begins to fetch an image's data. 400 for what Glance would not fetch, 409 for an image that is not queued. */
export function beginImport(
  world: World,
  caller: Caller,
  id: string,
  { name, uri }: { name: unknown; uri: unknown },
  requestId: string,
): void {
  const { glance } = world;
  if (!glance.importMethods.includes(String(name))) {
    throw new ApiError(400, 'BadRequest', `Unknown import method name '${name}'.`);
  }
  const image = ownImage(glance, caller, id, 'modify_image');
  assertImportable(image, String(name));
  if (!isAllowed(uri)) {
    throw new ApiError(400, 'BadRequest', `URI for web-download does not pass filtering: ${uri ?? 'None'}`);
  }
  const now = new Date();
  const task: ImportTask = {
    id: uuid(),
    image: id,
    owner: caller.projectId,
    userId: caller.userId,
    requestId,
    uri,
    status: 'processing',
    message: '',
    createdAt: now,
    updatedAt: now,
  };
  glance.tasks.push(task);
  image.importing = { os_glance_import_task: task.id };
  const abort = new AbortController();
  const done = run(world, image, task, abort.signal).finally(() => glance.downloads.delete(abort));
  glance.downloads.set(abort, done);
}

function assertImportable(image: Image, method: string): void {
  if (image.status === 'active') {
    throw new ApiError(409, 'Conflict', 'Image with status active cannot be target for import');
  }
  if (image.status !== 'queued') {
    throw new ApiError(409, 'Conflict', `Image needs to be in 'queued' state to use '${method}' method`);
  }
  for (const format of ['container_format', 'disk_format']) {
    if (image.properties[format]) continue;
    throw new ApiError(409, 'Conflict', `'${format}' needs to be set before import`);
  }
}

function isAllowed(uri: unknown): uri is string {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return ['http:', 'https:'].includes(protocol) && hostname === allowedHost;
}

/** Never rejects: how it ends is told by the image and the task. */
async function run(world: World, image: Image, task: ImportTask, signal: AbortSignal): Promise<void> {
  image.status = 'importing';
  Object.assign(image.importing, { os_glance_importing_to_stores: store, os_glance_failed_import: '' });
  let failed = '';
  try {
    if (world.faults.strikes('image')) throw new Error('the image store is full');
    await storeImageData(world, image, await fetchData(task.uri, signal));
    // What is deleted in the meantime takes nothing any more.
    if (!world.glance.images.has(image.id)) await image.blob?.discard();
    image.status = 'active';
    await lastLook(image, signal);
    Object.assign(task, { status: 'success', message: `Copied ${Math.floor((image.blob?.size ?? 0) / 2 ** 20)} MiB` });
  } catch {
    image.status = 'queued';
    failed = store;
    // Glance tells its users no more than this, and its operators the rest.
    Object.assign(task, { status: 'failure', message: 'Task failed due to Internal Error' });
  }
  image.importing = { os_glance_importing_to_stores: '', os_glance_failed_import: failed };
  image.updatedAt = new Date();
  task.updatedAt = image.updatedAt;
}

/** For a moment Glance goes on with the image as it was: changes that somebody makes meanwhile are lost. */
async function lastLook(image: Image, signal: AbortSignal): Promise<void> {
  const properties = { ...image.properties };
  await sleep(lastLookMs, undefined, { signal });
  image.properties = properties;
}

async function fetchData(uri: string, signal: AbortSignal): Promise<Readable> {
  // One connection a download: a kept one would outlive the cloud.
  const dispatcher = new Agent({ pipelining: 0 }).compose(interceptors.redirect({ maxRedirections: 10 }));
  const { statusCode, body } = await request(uri, { dispatcher, signal });
  if (statusCode === 200) return body;
  await body.dump();
  throw new Error(`HTTP Error ${statusCode}`);
}
