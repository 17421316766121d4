import { basename } from 'node:path';
import { DeployError, isTransientStatus, OpenStackError } from '../../src/errors.ts';
import type { Image } from '../../src/openstack/glance/image.ts';
import { deleteImage } from '../../src/openstack/glance/images.ts';
import { importFromUrl, listImportMethods, listImportTasks } from '../../src/openstack/glance/import.ts';
import type { Again } from '../run.ts';
import { digestOf } from './choose-image.ts';
import { finishImage, type ImageResult, type Making, tell } from './making.ts';
import { createQueued } from './own-images.ts';

/** The step's marker: who gets the content to Glance. */
export const cloudFetches = 'cloud-fetches';
const workerSends = 'worker-sends';

/** Seconds between two looks at the cloud's own download. Each costs three calls. */
const pollSeconds = 3;

/** A download that takes longer has stopped, or its Glance was restarted. */
const patienceMs = 2 * 3_600_000;

/** How long an old Glance may show nothing of an import that it has accepted. */
const silenceMs = 60_000;

/**
 * Lets the cloud fetch the image by itself, where it offers that and has not failed at it already. Undefined when it does
 * not: then the content has to go through this worker.
 */
export async function askCloudToFetch(making: Making): Promise<Again | undefined> {
  const { run, wanted, signal } = making;
  const { url } = wanted;
  if (url === undefined || run.step.marker === workerSends || !isOpenToAll(url)) return undefined;
  const { glance } = run.openstack;
  if (!(await listImportMethods(glance, signal)).includes('web-download')) return undefined;

  const { id } = await createQueued(making);
  try {
    await importFromUrl(glance, id, url, signal);
  } catch (error) {
    // Anything else may have begun the import all the same, which the next look sees.
    if (!isRefusal(error)) throw error;
    const what = error.status === 400 ? 'the address' : 'the import';
    return giveUp(making, id, { reason: `Glance refused ${what} (${error.status})`, said: error.message });
  }
  await tell(run, `the cloud is fetching ${wanted.name} itself`, cloudFetches);
  return run.step.again({ afterSeconds: pollSeconds });
}

/**
 * What has become of an image that an earlier look or attempt left: still on its way, done and checked, or removed
 * (undefined). Throws when the cloud has fetched something else than clusters.yaml says.
 */
export async function takeOver(making: Making, image: Image): Promise<ImageResult | Again | undefined> {
  const { run, wanted, signal } = making;
  if (isUnderImport(image) || isAccepted(making, image)) return follow(making, image);
  if (image.status === 'active') return check(making, image);
  if (image.import.failed.length > 0) return giveUp(making, image.id, await whyFailed(making, image));
  run.log.info({ image: image.id, name: wanted.name, status: image.status }, 'removing what a broken upload left');
  await deleteImage(run.openstack.glance, image.id, signal);
  return undefined;
}

/**
 * True while Glance works on an image to import it, also for a moment after it became active: whatever is noted on it
 * until then, Glance writes over.
 */
export function isUnderImport({ status, createdAt, import: { task } }: Image): boolean {
  if (status !== 'importing' && task === undefined) return false;
  return status !== 'active' || ageOf(createdAt) < patienceMs;
}

async function follow(making: Making, image: Image): Promise<Again | undefined> {
  const { run, wanted } = making;
  if (ageOf(image.createdAt) > patienceMs) {
    return giveUp(making, image.id, { reason: `it is not done after ${patienceMs / 3_600_000} hours` });
  }
  const tasks = await listImportTasks(run.openstack.glance, image.id, making.signal);
  const copied = tasks.map(({ message }) => /^Copied (\d+) MiB/.exec(message)?.[1]).find(Boolean);
  const sofar = copied === undefined || copied === '0' ? '' : `, ${copied} MiB stored`;
  await tell(run, `the cloud is fetching ${wanted.name} itself${sofar}`, cloudFetches);
  return run.step.again({ afterSeconds: pollSeconds });
}

/** Glance before Victoria shows no task: between its yes and its first byte such an image looks like any other. */
function isAccepted({ run }: Making, { status, createdAt, import: { failed } }: Image): boolean {
  if (status !== 'queued' || failed.length > 0 || run.step.marker !== cloudFetches) return false;
  return ageOf(createdAt) < silenceMs;
}

function ageOf(createdAt: Date): number {
  return Date.now() - createdAt.getTime();
}

/** An image whose content is all there, though nobody has said yet that it is right. */
async function check(making: Making, image: Image): Promise<ImageResult | undefined> {
  const { run, wanted, signal } = making;
  const digest = digestOf(image);
  if (wanted.sha512 !== undefined && digest === wanted.sha512) return finishImage(run, image, digest, signal);
  if (wanted.sha512 !== undefined && digest === undefined) {
    return giveUp(making, image.id, { reason: 'it keeps no SHA-512, so that nobody could tell what was fetched' });
  }
  await deleteImage(run.openstack.glance, image.id, signal);
  if (wanted.sha512 === undefined) return undefined;
  throw wrongContent(making, digest);
}

function wrongContent({ wanted: { name, url, file, sha512 } }: Making, digest: string | undefined): DeployError {
  const from = url === undefined ? `the file ${basename(file ?? '')}` : new URL(url).host;
  return new DeployError('image_digest', `The image ${name} from ${from} has the SHA-512 ${digest}, not ${sha512}`, {
    hint: 'It was removed again. If the mirror has a newer image, set its sha512 in clusters.yaml; if not, trust neither',
  });
}

/** Why the cloud does not fetch an image: for people, and what Glance said of it, which may repeat the address. */
interface Obstacle {
  readonly reason: string;
  readonly said?: string;
}

/** Removes the image, and has this and later attempts send the content through the worker. */
async function giveUp({ run, wanted, signal }: Making, id: string, { reason, said }: Obstacle): Promise<undefined> {
  run.log.warn({ image: id, name: wanted.name, reason, said }, 'the cloud did not fetch the image itself');
  await deleteImage(run.openstack.glance, id, signal);
  await tell(run, `the cloud did not fetch ${wanted.name} itself, so this worker sends it (${reason})`, workerSends);
  return undefined;
}

async function whyFailed({ run, signal }: Making, { id }: Image): Promise<Obstacle> {
  const tasks = await listImportTasks(run.openstack.glance, id, signal);
  const said = tasks.find(({ status }) => status === 'failure')?.message;
  return { reason: 'its download failed', ...(said && { said }) };
}

/** Everybody in the project may read the address in Glance's task, and a query may be a signature. */
function isOpenToAll(url: string): boolean {
  return new URL(url).search === '';
}

function isRefusal(error: unknown): error is OpenStackError {
  if (!(error instanceof OpenStackError) || error.status === undefined) return false;
  return error.status >= 400 && error.status < 500 && !isTransientStatus(error.status);
}
