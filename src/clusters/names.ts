import type { AccessLevel } from './policy.ts';

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

/** The server of a node, by its number in the stack: as templates/heat/node.yaml calls it. */
export function nodeName(cluster: string, index: number): string {
  return `${cluster}-node-${index}`;
}

/** The server of a control plane, by its number in the stack: as templates/heat/control-plane.yaml calls it. */
export function controlPlaneName(cluster: string, index: number): string {
  return `${cluster}-control-plane-${index}`;
}

/** Second tag of a stack: which cluster it is. */
export function clusterTag(cluster: string): string {
  return `slipway-cluster-${cluster}`;
}

const clusterContainerPrefix = 'slipway-cluster-';

/** Swift container of a cluster's own: its cloud.conf, what its servers tell one another, and admin.conf. Private. */
export function clusterContainer(cluster: string): string {
  return `${clusterContainerPrefix}${cluster}`;
}

/**
 * Objects in the container of a cluster. They lie below the deployment, so that no server ever reads what was left by an
 * earlier cluster of the same name.
 */
export function clusterObjects(deployment: string) {
  return {
    /** What cloud.conf is made of; holds the secret of the application credential. */
    cloudConfig: `${deployment}/cloud-config.json`,
    /** How a node joins. */
    joinNode: `${deployment}/join/node.json`,
    /** How a further control plane joins. */
    joinControlPlane: `${deployment}/join/control-plane.json`,
    adminConf: `${deployment}/admin.conf`,
    /** What the control plane sees of nodes and pods. */
    report: `${deployment}/report.json`,
    /** What the logs of failed first boots and upgrades begin with. */
    logs: `${deployment}/logs/`,
    /** What the instructions begin with by which servers upgrade themselves. */
    instructions: `${deployment}/upgrades/`,
    /** What begins what servers say of their upgrades. */
    outcomes: `${deployment}/upgraded/`,
  } as const;
}

/** Object of what a server's first boot said, or its last upgrade, if that failed. */
export function bootLogObject(deployment: string, hostname: string): string {
  return `${clusterObjects(deployment).logs}${hostname}.log`;
}

/** Object that tells a server which version to upgrade itself to; there is none while it has nothing to do. */
export function instructionObject(deployment: string, hostname: string): string {
  return `${clusterObjects(deployment).instructions}${hostname}.json`;
}

/** Object in which a server says how its last upgrade goes or went. */
export function outcomeObject(deployment: string, hostname: string): string {
  return `${clusterObjects(deployment).outcomes}${hostname}.json`;
}

const credentialPrefix = 'slipway-';

/** Keystone's name for the application credential of a cluster: one per deployment, so that none is mistaken for another. */
export function credentialName(deployment: string): string {
  return `${credentialPrefix}${deployment}`;
}

/** The deployment that an application credential was made for, if it was one of that cluster. */
export function deploymentOfCredential(name: string, cluster: string): string | undefined {
  const id = name.startsWith(credentialPrefix) ? name.slice(credentialPrefix.length) : '';
  return isDeploymentOf(id, cluster) ? id : undefined;
}

/** True for the name of an application credential that was made for some deployment of that cluster. */
export function isCredentialOf(name: string, cluster: string): boolean {
  return deploymentOfCredential(name, cluster) !== undefined;
}

/** Who a person is to a cluster's Kubernetes: its audit log tells people apart by it. */
export function accessUser(slackId: string): string {
  return `slack:${slackId}`;
}

/** Kubernetes' group of everybody with that level of access; the Salt states bind it to a ClusterRole. */
export function accessGroup(level: AccessLevel): string {
  return `slipway:${level}`;
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

/** What the objects of an artifact begin with. */
export function artifactFolder(id: string): string {
  return `${artifactsFolder}${id}/`;
}

/**
 * Object of a file of an artifact, below its digest: made anew, an artifact may have other bytes, and the clusters that
 * were made with the former ones go on fetching these.
 */
export function artifactFileObject(id: string, sha256: string, file: string): string {
  return `${artifactFolder(id)}${sha256.slice(0, 16)}/${file}`;
}

/** The object that says what an artifact consists of. It is written last. */
export function artifactManifestObject(id: string): string {
  return `${artifactFolder(id)}manifest.json`;
}

/** What the names of all artifacts begin with. */
export const artifactsFolder = 'artifacts/';

/** Object of a file that releases share, below its digest: two of one name never mix. */
export function sharedFileObject(sha256: string, file: string): string {
  return `${sharedFilesFolder}${sha256.slice(0, 16)}/${file}`;
}

/** Object that says which shared file has that SHA-512, by which people name a file before anybody has seen it. */
export function sharedFileIndexObject(sha512: string, file: string): string {
  return `${sharedFilesFolder}index/${sha512.slice(0, 32)}/${file}.json`;
}

/** The file that an object of the index is about; undefined for any other object. */
export function indexedFile(object: string): string | undefined {
  return /^files\/index\/[0-9a-f]+\/(.+)\.json$/.exec(object)?.[1];
}

/** What the names of all shared files and of their index begin with. */
export const sharedFilesFolder = 'files/';

/** The object that says what the servers of a cluster fetch. */
export function releaseManifestObject(id: string): string {
  return `${releaseManifestsFolder}${id}/manifest.json`;
}

export const releaseManifestsFolder = 'releases/';

/** Object of what a deployment's build said, whether it worked or not. */
export function buildLogObject(deployment: string): string {
  return `${buildLogsFolder}${deployment}/build.log`;
}

export const buildLogsFolder = 'logs/';

/**
 * A new deployment's id: the cluster, the time in base 36 and enough chance that no two requests of one moment meet.
 * Sorts by time within a cluster, and does not begin again when Redis is emptied, so that a stack's recorded deployment
 * stays unambiguous.
 */
export function deploymentId(cluster: string, at: number, chance: number): string {
  const suffix = Math.floor(chance * 36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return `${cluster}-${at.toString(36)}${suffix}`;
}

/** True for the id of some deployment of that cluster, and of none whose name only begins with that one's. */
export function isDeploymentOf(id: string, cluster: string): boolean {
  const prefix = `${cluster}-`;
  return id.startsWith(prefix) && /^[0-9a-z]+$/.test(id.slice(prefix.length));
}

/** BullMQ job id of one step in one round of a deployment. Ids may hold no colon and be no integer. */
export function stepJobId(deployment: string, round: number, step: string): string {
  return `${deployment}-r${round}-${step}`;
}
