import type { StageTime } from './artifact.ts';
import type { ClusterHealth } from './health.ts';
import type { ReleaseObject } from './release.ts';

/** What a deployment does to its cluster. */
export type Action = 'up' | 'down' | 'scale' | 'upgrade';

/**
 * The steps of each action in the order in which a person reads them. The names are stored in Redis and are job names:
 * renaming one is a migration.
 */
export const stepsOf = {
  up: ['build', 'publish', 'image', 'keypair', 'credential', 'stack', 'verify'],
  down: ['purge', 'delete-stack', 'clean-up'],
  scale: ['drain', 'resize', 'verify'],
  upgrade: ['build', 'publish', 'upgrade', 'verify'],
} as const satisfies Record<Action, readonly string[]>;

export type StepName = (typeof stepsOf)[Action][number];

/** The Kubernetes tarball of a deployment, which is in Swift. */
export interface BuildResult {
  /** As git describes the commit, or as it was published. */
  readonly version: string;
  /** Of what was built; an official release has none. */
  readonly commit?: string;
  /** Id of the artifact. */
  readonly artifact: string;
  /** False when Swift had it already. */
  readonly made: boolean;
  readonly object: ReleaseObject;
  /** How long each stage took, where it was built for this deployment. */
  readonly stages?: readonly StageTime[];
}

/** What the servers of a deployment fetch, all of it in Swift. */
export interface PublishResult {
  readonly container: string;
  /** Id of the release. */
  readonly release: string;
  readonly objects: readonly ReleaseObject[];
  /** How many of the objects Swift did not have. */
  readonly sent: number;
}

/** What a finished stack tells about its cluster. */
export interface StackResult {
  readonly id: string;
  readonly name: string;
  readonly apiAddress: string;
  readonly apiUrl: string;
  /** Names of the nodes, without the control plane. */
  readonly nodes: readonly string[];
}

/** What the servers of a deployment are let into. The secret itself is in the cluster's container in Swift. */
export interface CredentialResult {
  /** The cluster's own. */
  readonly container: string;
  /**
   * How the cluster's controllers log in: with an application credential of the cluster's own, or with the password of
   * Slipway's user where the cloud refuses those; `none` for a cluster without controllers of the cloud.
   */
  readonly kind: 'application-credential' | 'password' | 'none';
  /** Keystone's id of the application credential. */
  readonly id?: string;
}

/** What was done about the nodes that are to go, so that nothing runs there any more. */
export interface DrainResult {
  /** Their names; none where nothing has to go. */
  readonly nodes: readonly string[];
  /** Pods that had to move. */
  readonly evicted: number;
}

/** The nodes that a stack has after their number was changed. */
export interface ResizeResult {
  /** Names of all of them. */
  readonly nodes: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The servers that have been brought to another version, and that servers which are added later have it as well. */
export interface UpgradeResult {
  readonly version: string;
  /** Names of the servers, in the order in which they were upgraded. */
  readonly servers: readonly string[];
}

/** What was removed of that which the cluster's own controllers had made in the cloud, and what was left. */
export interface PurgeResult {
  readonly loadBalancers: number;
  readonly floatingIps: number;
  readonly securityGroups: number;
  /** Names or ids of volumes; they are kept. */
  readonly volumes: readonly string[];
}

/** What was removed of that which Slipway itself keeps for the servers of a cluster. */
export interface CleanUpResult {
  /** Application credentials of the cluster's controllers, which let nobody in any more. */
  readonly credentials: number;
  /** Objects of the cluster's container, which is gone with them. */
  readonly objects: number;
  /** Volumes that went, where somebody wanted that. */
  readonly volumes?: number;
}

/** What each finished step leaves for the ones after it. No secret may be in here: it is kept in Redis in the clear. */
export interface StepResults {
  build: BuildResult;
  publish: PublishResult;
  image: { readonly id: string; readonly name: string; readonly uploaded: boolean };
  keypair: { readonly name: string; readonly imported: boolean };
  credential: CredentialResult;
  stack: StackResult;
  verify: { readonly apiUrl: string; readonly health?: ClusterHealth };
  purge: PurgeResult;
  'delete-stack': { readonly existed: boolean };
  'clean-up': CleanUpResult;
  drain: DrainResult;
  resize: ResizeResult;
  upgrade: UpgradeResult;
}

/** Narrows a text to the name of a step. */
export function isStepName(name: string): name is StepName {
  return Object.values(stepsOf).some((steps) => steps.some((step) => step === name));
}
