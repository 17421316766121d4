import type { CloudChoice, ClusterSpec, KubernetesSpec } from '../clusters/cluster-spec.ts';
import type { ClusterHealth } from '../clusters/health.ts';
import type { Inspection, SourceInspection } from '../clusters/inspection.ts';
import type { AccessLevel } from '../clusters/policy.ts';
import type { Removal } from '../clusters/removal.ts';
import type { StepName } from '../clusters/steps.ts';
import type { StoredRelease } from '../clusters/stored-release.ts';

/** The queues, by what a worker needs to serve them: Docker, the clouds' APIs, Slack and those, nothing. */
export const queueNames = ['build', 'cloud', 'notify', 'upkeep'] as const;
export type QueueName = (typeof queueNames)[number];

/** Jobs about one deployment. */
export interface DeploymentJob {
  readonly deployment: string;
}

/** A plan is to be made. */
export interface PlanJob extends DeploymentJob {
  /** How often what is asked for had been changed; a plan of an earlier one is not wanted any more. */
  readonly revision?: number;
}

/** Somebody wants to see the end of a build's log. */
export interface ShareLogJob extends DeploymentJob {
  /** Slack id. */
  readonly requestedBy: string;
}

/** Somebody wants a credential of their own for a cluster. Which one they may have is for the worker to say. */
export interface SendKubeconfigJob extends ClusterQuestion {
  /** Slack id. */
  readonly requestedBy: string;
}

/** What became of that: never the credential itself. */
export type SentKubeconfig =
  | { readonly kind: 'sent'; readonly level: AccessLevel; readonly until: number }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** Somebody wants to see what a cluster is made of. */
export interface ShareTopologyJob extends ClusterQuestion {
  /** Slack id. */
  readonly requestedBy: string;
}

/** What became of that: where the picture was posted, or why there is none. */
export type SharedTopology =
  | { readonly kind: 'shared'; readonly channel: string; readonly inThread: boolean }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** What became of a log that was to be posted. What Slack refused is said in words for whoever asked. */
export type SharedLog =
  | { readonly kind: 'shared'; readonly lines: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** A step of a flow. */
export interface StepJob extends DeploymentJob {
  /** The round of the deployment that the flow belongs to; an older round's jobs have nothing to do any more. */
  readonly round: number;
  /**
   * Set to the running attempt when a step puts itself off: whoever takes the job on next continues that attempt. A job
   * that is taken up without it was broken off, and begins a new attempt, which fences off the old one.
   */
  readonly resume?: number;
  /** How often in a row the step has failed. A look that went well begins to count anew. */
  readonly failures?: number;
}

/** A cluster, and the deployment that made what there is of it. */
export interface ClusterQuestion extends DeploymentJob {
  readonly cluster: string;
}

/** A question, whose answer is the job's result. */
export interface InspectionData {
  /** What bringing up this cluster would take, and what stands in the way. */
  'inspect-cluster': { readonly spec: ClusterSpec };
  /** How a cloud is. */
  'inspect-cloud': { readonly choice: CloudChoice };
  /** Which commit a cluster's Kubernetes means now, and whether this build worker could make it. */
  'inspect-source': { readonly kubernetes: KubernetesSpec };
  /** Which Kubernetes artifacts Swift has. */
  'inspect-releases': { readonly choice: CloudChoice };
  /** How the nodes and the pods of a cluster are. */
  'inspect-pods': ClusterQuestion;
  /** What tearing a cluster down would find. */
  'inspect-removal': { readonly spec: ClusterSpec };
}

/** What each question is answered with. No secret may be in here: it is kept in Redis for a minute. */
export interface InspectionResults {
  'inspect-cluster': Inspection;
  'inspect-cloud': Inspection;
  'inspect-source': SourceInspection;
  'inspect-releases': {
    readonly releases: readonly StoredRelease[];
    /** Why they could not be looked at. */
    readonly problem?: { readonly text: string; readonly hint: string | undefined };
  };
  'inspect-removal':
    | { readonly kind: 'seen'; readonly removal: Removal }
    | { readonly kind: 'unknown'; readonly text: string };
  'inspect-pods':
    | { readonly kind: 'seen'; readonly health: ClusterHealth }
    | { readonly kind: 'unknown'; readonly text: string; readonly hint: string };
}
export type InspectionName = keyof InspectionData;

/** Job names and their data. The names are stored in Redis: renaming one is a migration. No data may hold a secret. */
export interface JobData extends Record<StepName, StepJob>, InspectionData {
  plan: PlanJob;
  start: DeploymentJob;
  notify: DeploymentJob;
  'share-log': ShareLogJob;
  'share-topology': ShareTopologyJob;
  'send-kubeconfig': SendKubeconfigJob;
  'post-audit': Record<string, never>;
  sweep: Record<string, never>;
  reconcile: Record<string, never>;
  'prune-releases': Record<string, never>;
}
export type JobName = keyof JobData;

/** Which queue serves a job. */
export const queueOf: Readonly<Record<JobName, QueueName>> = {
  build: 'build',
  publish: 'cloud',
  'inspect-source': 'build',
  plan: 'cloud',
  'inspect-cluster': 'cloud',
  'inspect-cloud': 'cloud',
  'inspect-releases': 'cloud',
  'inspect-pods': 'cloud',
  'inspect-removal': 'cloud',
  start: 'cloud',
  image: 'cloud',
  keypair: 'cloud',
  credential: 'cloud',
  stack: 'cloud',
  verify: 'cloud',
  purge: 'cloud',
  'delete-stack': 'cloud',
  'clean-up': 'cloud',
  drain: 'cloud',
  resize: 'cloud',
  upgrade: 'cloud',
  notify: 'notify',
  'share-log': 'notify',
  'share-topology': 'notify',
  'send-kubeconfig': 'notify',
  'post-audit': 'notify',
  sweep: 'upkeep',
  reconcile: 'upkeep',
  'prune-releases': 'upkeep',
};

/** Narrows a text to the name of a queue. */
export function isQueueName(name: string): name is QueueName {
  return queueNames.some((queue) => queue === name);
}

/** Prefix of BullMQ's keys. */
export const queuePrefix = 'slipway:queue';
