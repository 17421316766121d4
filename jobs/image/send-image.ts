import { setTimeout as sleep } from 'node:timers/promises';
import { DeployError, OpenStackError } from '../../src/errors.ts';
import type { Image } from '../../src/openstack/glance/image.ts';
import { deleteImage, getImage, type UploadedImage, uploadImage } from '../../src/openstack/glance/images.ts';
import { digestOf } from './choose-image.ts';
import { assertFormat } from './format.ts';
import { finishImage, type ImageResult, type Making } from './making.ts';
import { createQueued, mayHaveWorked } from './own-images.ts';
import { openSource, type Source } from './source.ts';

/** How long Glance may go on with content whose upload lost its answer, and how often it is asked. */
const settledWithinMs = 30_000;
const lookEveryMs = 1_000;

/**
 * Sends the content through this worker, as a stream, and checks what Glance has of it. A content of another format than
 * was said is refused before anything is made; a broken or wrong one leaves nothing behind.
 */
export async function sendImage(making: Making): Promise<ImageResult> {
  const { run, wanted, signal } = making;
  const source = await openSource(wanted, { environment: run.tools.environment, signal });
  try {
    assertFormat(source.head, wanted, source.from);
    const { image, sha512 } = await upload(making, source);
    return await finishImage(run, image, sha512, signal);
  } finally {
    await source.close();
  }
}

async function upload(making: Making, source: Source): Promise<UploadedImage> {
  const created = await createQueued(making);
  try {
    return await send(making, created, source);
  } catch (error) {
    // Without its content it would be taken for an upload under way. Also when the step was told to stop: no signal.
    await deleteImage(making.run.openstack.glance, created.id).catch((second: unknown) => {
      making.run.log.warn({ err: second, image: created.id }, 'an image without its content could not be removed');
    });
    throw error;
  }
}

async function send(making: Making, { id }: Image, source: Source): Promise<UploadedImage> {
  const { run, wanted, signal } = making;
  const total = source.size === undefined ? {} : { total: source.size };
  const content = () => {
    let done = 0;
    return source.content().on('data', (chunk: Buffer) => {
      done += chunk.length;
      run.step.tick({ text: `sending ${wanted.name} to Glance`, done, ...total });
    });
  };
  const expected = {
    ...(source.size !== undefined && { size: source.size }),
    ...(wanted.sha512 !== undefined && { sha512: wanted.sha512 }),
  };
  try {
    return await uploadImage(run.openstack.glance, id, { content, ...expected }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const arrived = mayHaveWorked(error) ? await settled(making, id) : undefined;
    if (arrived === undefined) throw toldOf(error);
    run.log.info({ image: id }, 'an upload lost its answer, and had arrived');
    return arrived;
  }
}

/** The image, if it came to have the very content that was sent though nobody said so. */
async function settled({ run, wanted, signal }: Making, id: string): Promise<UploadedImage | undefined> {
  const { sha512 } = wanted;
  if (sha512 === undefined) return undefined;
  const deadline = Date.now() + settledWithinMs;
  for (;;) {
    const image = await getImage(run.openstack.glance, id, signal);
    if (image.status === 'active' && digestOf(image) === sha512) return { image, sha512 };
    if (image.status !== 'saving' || Date.now() > deadline) return undefined;
    await sleep(lookEveryMs, undefined, { signal });
  }
}

/** A full store and a used-up quota have the same status, and neither says what to do. */
function toldOf(error: unknown): unknown {
  if (!(error instanceof OpenStackError) || error.status !== 413) return error;
  return new DeployError('image_too_large', error.message, {
    cause: error,
    detail: error.detail,
    hint: 'Delete images that nobody uses, or ask the cloud’s operator for room in Glance',
  });
}
