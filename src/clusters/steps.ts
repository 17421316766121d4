import type { StageTime } from './artifact.ts';
import type { ClusterHealth } from './health.ts';
import type { ReleaseObject } from './release.ts';

/** What a deployment does to its cluster. */
export type Action = 'up' | 'down';

/**
 * The steps of each action in the order in which a person reads them. The names are stored in Redis and are job names:
 * renaming one is a migration.
 */
export const stepsOf = {
  up: ['build', 'publish', 'image', 'keypair', 'stack', 'verify'],
  down: ['delete-stack'],
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

/** What each finished step leaves for the ones after it. No secret may be in here: it is kept in Redis in the clear. */
export interface StepResults {
  build: BuildResult;
  publish: PublishResult;
  image: { readonly id: string; readonly name: string; readonly uploaded: boolean };
  keypair: { readonly name: string; readonly imported: boolean };
  stack: StackResult;
  verify: { readonly apiUrl: string; readonly health?: ClusterHealth };
  'delete-stack': { readonly existed: boolean };
}

/** Narrows a text to the name of a step. */
export function isStepName(name: string): name is StepName {
  return [...stepsOf.up, ...stepsOf.down].some((step) => step === name);
}
