import { isTerminal } from '../../src/clusters/deployment.ts';
import { imageTag, makerOf } from '../../src/clusters/names.ts';
import { OpenStackError } from '../../src/errors.ts';
import type { Image } from '../../src/openstack/glance/image.ts';
import { createImage, deleteImage, listImages } from '../../src/openstack/glance/images.ts';
import type { Run } from '../run.ts';
import type { Making } from './making.ts';

/** After this an image without content, of a deployment that nobody here knows, is taken for left behind. */
const abandonedMs = 6 * 3_600_000;

/** What an image is called while its content is not there, or not all of it. */
const unfinished = ['queued', 'saving', 'uploading', 'importing', 'killed'];

/** What earlier attempts of this deployment have made of the image, newest first. */
export function listOwnImages({ run, wanted, signal }: Making): Promise<Image[]> {
  return listImages(run.openstack.glance, { name: wanted.name, tag: imageTag(run.deployment.id) }, signal);
}

/** Removes what an attempt left that was killed, when somebody else has made the image since. */
export async function removeOwnUnfinished(making: Making): Promise<void> {
  for (const image of await listOwnImages(making)) {
    if (unfinished.includes(image.status)) await remove(making.run, image, making.signal);
  }
}

/** POST /images, or, when its answer was lost, the image that it has made all the same. */
export async function createQueued(making: Making): Promise<Image> {
  const { run, wanted, signal } = making;
  const options = {
    name: wanted.name,
    diskFormat: wanted.format,
    containerFormat: 'bare',
    tags: [imageTag(run.deployment.id)],
  };
  await run.step.checkpoint();
  try {
    return await createImage(run.openstack.glance, options, signal);
  } catch (error) {
    const made = mayHaveWorked(error) ? await listOwnImages(making) : [];
    const late = made.find(({ status }) => status === 'queued');
    if (late === undefined) throw error;
    return late;
  }
}

/** True for a request whose answer was lost, or came from somebody in between: it may have been done. */
export function mayHaveWorked(error: unknown): error is OpenStackError {
  return error instanceof OpenStackError && (error.status === undefined || error.status >= 500);
}

/** Removes images without content whose deployment ended, or was never heard of again. Never keeps a step from going on. */
export async function removeAbandoned({ run, signal }: Making): Promise<void> {
  const { openstack, deployment } = run;
  const { projectId } = await openstack.glance.authentication(signal);
  for (const image of await listImages(openstack.glance, { statuses: unfinished }, signal)) {
    const maker = makerOf(image.tags);
    if (maker === undefined || maker === deployment.id || image.owner !== projectId) continue;
    if (await isAbandoned(run, maker, image)) await remove(run, image, signal);
  }
}

async function isAbandoned({ tools }: Run, maker: string, { createdAt }: Image): Promise<boolean> {
  const known = await tools.deployments.find(maker);
  if (known !== undefined) return isTerminal(known.state);
  return Date.now() - createdAt.getTime() > abandonedMs;
}

async function remove({ openstack, log }: Run, { id, name }: Image, signal: AbortSignal): Promise<void> {
  try {
    await deleteImage(openstack.glance, id, signal);
    log.info({ image: id, name }, 'removed an image that was never finished');
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ err: error, image: id, name }, 'an image that was never finished could not be removed');
  }
}
