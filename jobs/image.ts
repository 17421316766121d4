import type { NamedImageSpec } from '../src/clusters/cluster-spec.ts';
import { imageTag } from '../src/clusters/names.ts';
import { DeployError, isNotFound } from '../src/errors.ts';
import type { Image } from '../src/openstack/glance/image.ts';
import { getImage, listImages } from '../src/openstack/glance/images.ts';
import { Lease } from '../src/store/lease.ts';
import { chooseImage, digestOf } from './image/choose-image.ts';
import { fetchedFor } from './image/fetched-for.ts';
import { finishImage, type ImageResult, type Making, tell } from './image/making.ts';
import { listOwnImages, removeAbandoned, removeOwnUnfinished } from './image/own-images.ts';
import { sendImage } from './image/send-image.ts';
import { missing } from './image/source.ts';
import { askCloudToFetch, isUnderImport, takeOver } from './image/web-download.ts';
import { type Again, isAgain, type Run } from './run.ts';

/** Seconds until the next look at an image that another deployment is making. */
const busySeconds = 3;

/**
 * Makes sure that the image is in Glance: by its id, by its name, or made from the file or URL that the cluster gives.
 * Of several deployments that want the same new image one makes it; the others come back later, and take over if it dies
 * while it sends the content: what the cloud fetches by itself goes on.
 */
export async function image(run: Run): Promise<ImageResult | Again> {
  const wanted = run.deployment.spec.image;
  if ('id' in wanted) return findById(run, wanted.id);
  const seen = await lookFor(run, wanted);
  if (seen !== undefined) {
    if (!isAgain(seen) && run.step.attempt > 1) await removeOwnUnfinished({ run, wanted, signal: run.signal });
    return seen;
  }

  const { id: owner } = run.deployment;
  const lease = await run.tools.mutex.lease(await leaseName(run, wanted), { owner, attempt: run.step.attempt });
  if (lease instanceof Lease) return makeUnder(lease, run, wanted);
  return waitFor(run, wanted, lease.heldBy);
}

async function waitFor(run: Run, { name }: NamedImageSpec, maker: string): Promise<Again> {
  await tell(run, `waiting for ${name}, which ${maker} is making`);
  return run.step.again({ afterSeconds: busySeconds });
}

async function makeUnder(lease: Lease, run: Run, wanted: NamedImageSpec): Promise<ImageResult | Again> {
  let goesOn = false;
  try {
    // Whoever had the lease before may have made it since the first look, or begun to.
    const seen = await lookFor(run, wanted);
    if (seen !== undefined) return seen;
    const outcome = await makeImage({ run, wanted, signal: AbortSignal.any([run.signal, lease.signal]) });
    goesOn = isAgain(outcome);
    return outcome;
  } finally {
    const ended = goesOn ? lease.leave() : lease.release();
    // It runs out by itself, and why the step failed matters more.
    await ended.catch((error: unknown) => run.log.warn({ err: error }, 'a lease could not be given back'));
  }
}

/** What earlier attempts began goes on; otherwise the cloud fetches the content; otherwise it goes through this worker. */
async function makeImage(making: Making): Promise<ImageResult | Again> {
  await making.run.step.checkpoint();
  for (const own of await listOwnImages(making)) {
    const outcome = await takeOver(making, own);
    if (outcome !== undefined) return outcome;
  }
  await removeAbandoned(making);
  return (await askCloudToFetch(making)) ?? (await sendImage(making));
}

async function findById({ openstack, signal }: Run, id: string): Promise<ImageResult> {
  const found = await getImage(openstack.glance, id, signal).catch((cause: unknown) => {
    if (!isNotFound(cause)) throw cause;
    throw new DeployError('image_missing', `Glance has no image ${id} that this project may see`, {
      hint: 'Correct the id in clusters.yaml, or have the image shared with the project',
      cause,
    });
  });
  if (found.status !== 'active') throw unusable(found);
  return { id: found.id, name: found.name, uploaded: false };
}

function unusable({ id, name, status }: Image): DeployError {
  const hint =
    status === 'deactivated'
      ? 'Whoever deactivated it can say why, and reactivate it: openstack image set --activate; or give another image'
      : 'Wait until its content is there, or give the cluster an image that is active';
  return new DeployError('image_unusable', `The image ${name} (${id}) is ${status}, so no server can boot from it`, {
    hint,
  });
}

/** The image, if it is there; a later look, while the cloud fetches it for somebody else; undefined when it is to be made. */
async function lookFor(run: Run, wanted: NamedImageSpec): Promise<ImageResult | Again | undefined> {
  const images = await listImages(run.openstack.glance, { name: wanted.name }, run.signal);
  const existing = await findAmong(images, run, wanted);
  if (existing !== undefined) return existing;
  const maker = await fetchedFor(run, wanted, images);
  return maker === undefined ? undefined : waitFor(run, wanted, maker);
}

async function findAmong(images: readonly Image[], run: Run, wanted: NamedImageSpec): Promise<ImageResult | undefined> {
  const { image: chosen, note } = chooseImage(images, wanted);
  if (note !== undefined) run.log.warn({ name: wanted.name, cluster: run.deployment.cluster }, note);
  if (chosen !== undefined) {
    if (note !== undefined) await tell(run, note);
    return adopt(run, chosen);
  }
  if (wanted.file !== undefined || wanted.url !== undefined) return undefined;
  throw missing(wanted.name, note ?? 'clusters.yaml gives neither a file nor a url to make it from');
}

/** Somebody else's image as it is; one of this deployment's own once it is said to be right. */
async function adopt(run: Run, chosen: Image): Promise<ImageResult | undefined> {
  if (!chosen.tags.includes(imageTag(run.deployment.id))) {
    return { id: chosen.id, name: chosen.name, uploaded: false };
  }
  const digest = digestOf(chosen);
  if (digest === undefined || isUnderImport(chosen)) return undefined;
  return finishImage(run, chosen, digest, run.signal);
}

/** One and the same for all who would make this image in this project, whatever they call the cloud. */
async function leaseName({ openstack, signal }: Run, { name, sha512 = '' }: NamedImageSpec): Promise<string> {
  const [endpoint, { projectId }] = await Promise.all([
    openstack.glance.endpoint(signal),
    openstack.glance.authentication(signal),
  ]);
  return ['image', endpoint, projectId, name, sha512].join(':');
}
