import type { NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { type Deployment, isTerminal } from '../../src/clusters/deployment.ts';
import { imageTag, makerOf } from '../../src/clusters/names.ts';
import type { Image } from '../../src/openstack/glance/image.ts';
import type { Run } from '../run.ts';
import { cloudFetches, isUnderImport } from './web-download.ts';

/** How long a deployment that nobody here knows is waited for: another Slipway's, or one of before Redis was emptied. */
const strangerMs = 15 * 60_000;

/**
 * The other deployment for which the cloud is fetching the wanted image, by the images of that name. Such a download goes
 * on while no worker runs, so that it may outlive its deployment's lease; an upload dies with its worker, and is nothing
 * to wait for. Undefined also when this deployment has an image of its own to go on with.
 */
export async function fetchedFor(
  { deployment, openstack, tools, signal }: Run,
  wanted: NamedImageSpec,
  images: readonly Image[],
): Promise<string | undefined> {
  if (images.some(({ tags }) => tags.includes(imageTag(deployment.id)))) return undefined;
  const { projectId } = await openstack.glance.authentication(signal);
  for (const image of images) {
    const maker = makerOf(image.tags);
    if (maker === undefined || image.status === 'active' || image.owner !== projectId) continue;
    const known = await tools.deployments.find(maker);
    if (known === undefined ? isFreshImport(image) : isFetching(known, image, wanted)) return maker;
  }
  return undefined;
}

function isFreshImport(image: Image): boolean {
  return isUnderImport(image) && Date.now() - image.createdAt.getTime() < strangerMs;
}

/** True while the deployment will come back for that image, and it has the wanted content. */
function isFetching(maker: Deployment, image: Image, { sha512 }: NamedImageSpec): boolean {
  const { spec, state, steps } = maker;
  if (isTerminal(state) || steps.image?.state === 'done') return false;
  if ('id' in spec.image || spec.image.sha512 !== sha512) return false;
  return isUnderImport(image) || (steps.image?.marker === cloudFetches && isSilent(image));
}

/** Glance before Victoria shows nothing of an import until its first byte. */
function isSilent({ status, import: { failed } }: Image): boolean {
  return status === 'queued' && failed.length === 0;
}
