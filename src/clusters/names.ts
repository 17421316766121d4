/**
 * Every name that Slipway gives to something in a cloud or in the queue is made here, from the cluster and the
 * deployment, so that a step which runs again finds what an earlier attempt made.
 */

/** Tag of every stack that is ours. Heat lists stacks by tag. */
export const stackTag = 'slipway';

/** Swift container that holds the release tarballs of a project. Private; nodes read by signed URLs. */
export const releasesContainer = 'slipway-releases';

/** The Heat stack of a cluster: one per cluster and project. */
export function stackName(cluster: string): string {
  return `slipway-${cluster}`;
}

/** Second tag of a stack: which cluster it is. */
export function clusterTag(cluster: string): string {
  return `slipway-cluster-${cluster}`;
}

const imageTagPrefix = 'slipway-';

/** Tag of an image in Glance: which deployment made it. */
export function imageTag(deployment: string): string {
  return `${imageTagPrefix}${deployment}`;
}

/** The deployment that made an image, from its tags; undefined when it is not ours. */
export function makerOf(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(imageTagPrefix))?.slice(imageTagPrefix.length);
}

/** Property of an image that says, in hexadecimal, which SHA-512 its whole content was seen to have. */
export const imageDigestProperty = 'slipway_sha512';

/** Object of one file of a release, below the digest so that two builds of one version never mix. */
export function releaseObject(version: string, sha256: string, file: string): string {
  return `${version}/${sha256.slice(0, 16)}/${file}`;
}

/**
 * A new deployment's id: the cluster, the time in base 36 and enough chance that no two requests of one moment meet. Sorts by time within a cluster, and does
 * not begin again when Redis is emptied, so that a stack's recorded deployment stays unambiguous.
 */
export function deploymentId(cluster: string, at: number, chance: number): string {
  const suffix = Math.floor(chance * 36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return `${cluster}-${at.toString(36)}${suffix}`;
}

/** BullMQ job id of one step in one round of a deployment. Ids may hold no colon and be no integer. */
export function stepJobId(deployment: string, round: number, step: string): string {
  return `${deployment}-r${round}-${step}`;
}
