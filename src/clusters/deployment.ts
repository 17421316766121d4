import type { SpecChange } from './change.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterSpec } from './cluster-spec.ts';
import type { Expiry } from './lifetime.ts';
import type { Plan } from './plan.ts';
import type { Action, StepName, StepResults } from './steps.ts';

/** Where a deployment stands. The last five are terminal. */
export type DeploymentState =
  | 'requested'
  | 'planned'
  | 'awaiting-approval'
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'denied'
  | 'expired';

/** What a person is told about a failure; never a stack trace or a response body. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
  readonly code: string;
  /** The few lines of a program's output that tell what went wrong, as they may be shown. */
  readonly lines?: readonly string[];
  /** Where several things stand in the way: each of them, and what to change. */
  readonly problems?: readonly { readonly text: string; readonly hint?: string }[];
}

/** How far a running step is. `done` of `total` where there is a number to show. */
export interface StepProgress {
  readonly text: string;
  readonly done?: number;
  readonly total?: number;
}

export interface StepRecord<Name extends StepName = StepName> {
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** Counts up each time a worker takes the step on afresh; events of a lower attempt are refused. */
  readonly attempt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly progress?: StepProgress;
  /** Where the step's source of events was read up to, such as the id of Heat's last event. */
  readonly marker?: string;
  /** The marker of a try that failed: what that one made is removed before the step begins anew. */
  readonly leftover?: string;
  readonly result?: StepResults[Name];
  readonly failure?: Failure;
}

export type StepRecords = { readonly [Name in StepName]?: StepRecord<Name> };

/** How many approvals a deployment needs, whose, and how long they are waited for. */
export interface ApprovalTerms {
  readonly count: number;
  /** Slack user and user-group ids. */
  readonly from: readonly string[];
  /** May the requester approve, too? */
  readonly self: boolean;
  readonly withinMs: number;
}

/** One run of up, down, scale or upgrade for one cluster: the fold of its events. */
export interface Deployment {
  readonly id: string;
  readonly cluster: string;
  readonly action: Action;
  readonly spec: ClusterSpec;
  readonly state: DeploymentState;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly channel: string;
  /** Fencing number of the cluster's lock: counts up over all deployments since Redis was empty. */
  readonly fence: number;
  readonly terms: ApprovalTerms;
  readonly because?: 'expired';
  /** Of a tear-down: the volumes that the cluster has made go, too. */
  readonly removeVolumes?: boolean;
  /** Of a tear-down: the deployment that had made the cluster, as far as it is known. */
  readonly maker?: string;
  /** What was known of the cluster when this was asked for, where it changes one that stays. */
  readonly before?: Cluster;
  readonly plan?: Plan;
  readonly approvalUntil?: number;
  /** When approvers were reminded that half of the time is over. */
  readonly remindedAt?: number;
  /** How often what is asked for was changed; undefined for never. An approval is for one of these alone. */
  readonly revision?: number;
  /** Who changed it last. */
  readonly changedBy?: string;
  readonly approvals: readonly { readonly by: string; readonly at: number }[];
  readonly deniedBy?: string;
  /** Why, in their words. */
  readonly deniedBecause?: string;
  readonly cancelledBy?: string;
  readonly steps: StepRecords;
  /** Which time the flow has been enqueued; part of its job ids. */
  readonly round: number;
  /** Who had it taken up again after it had failed. */
  readonly retries?: readonly { readonly by: string; readonly at: number }[];
  readonly failure?: Failure;
  readonly failedStep?: StepName;
  readonly finishedAt?: number;
  /** Who wants to be told when it is over, since it holds a cluster that they would have. */
  readonly awaitedBy?: readonly string[];
  /** When the cluster goes that this has made. */
  readonly expiry?: Expiry;
  /** Since when the cluster is gone that this had made. */
  readonly goneAt?: number;
}

/** A step's event names the attempt that wrote it. */
interface StepEvent<Name extends StepName = StepName> {
  readonly step: Name;
  readonly attempt: number;
}

type StepFinished = {
  [Name in StepName]: StepEvent<Name> & { readonly type: 'step-finished'; readonly result: StepResults[Name] };
}[StepName];

/** What happened, without the time: the store stamps `at` when it appends. */
export type DeploymentEventBody =
  | {
      readonly type: 'requested';
      readonly id: string;
      readonly cluster: string;
      readonly action: Action;
      readonly spec: ClusterSpec;
      readonly requestedBy: string;
      readonly channel: string;
      readonly fence: number;
      readonly terms: ApprovalTerms;
      /** Why nobody in person asked for it: the cluster's time was over. */
      readonly because?: 'expired';
      readonly removeVolumes?: boolean;
      readonly maker?: string;
      readonly before?: Cluster;
    }
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'approval-requested'; readonly until: number }
  | { readonly type: 'approved'; readonly by: string }
  | { readonly type: 'reminded'; readonly leftMs: number }
  | {
      readonly type: 'changed';
      readonly by: string;
      readonly spec: ClusterSpec;
      readonly changes: readonly SpecChange[];
    }
  | { readonly type: 'denied'; readonly by: string; readonly reason?: string }
  | { readonly type: 'expired' }
  | { readonly type: 'cancelled'; readonly by: string }
  | { readonly type: 'queued'; readonly round: number }
  | { readonly type: 'awaited'; readonly by: string }
  | { readonly type: 'extended'; readonly by: string; readonly until: number }
  | { readonly type: 'gone' }
  | { readonly type: 'expiry-warned'; readonly leftMs: number }
  | { readonly type: 'retried'; readonly by: string; readonly round: number; readonly fence: number }
  | (StepEvent & { readonly type: 'step-started' })
  | (StepEvent & { readonly type: 'step-progress'; readonly progress: StepProgress; readonly marker?: string })
  | (StepEvent & { readonly type: 'step-retried'; readonly failure: Failure })
  | (StepEvent & {
      readonly type: 'stack-event';
      readonly resource: string;
      readonly resourceType: string;
      readonly status: string;
      readonly reason: string;
    })
  | (StepEvent & {
      readonly type: 'node-event';
      /** Name of the node. */
      readonly node: string;
      /** What has been done about it. */
      readonly what: 'drained' | 'upgraded';
      /** Of its kubelet by then. */
      readonly version?: string;
    })
  | StepFinished
  | (StepEvent & { readonly type: 'step-failed'; readonly failure: Failure })
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly failure: Failure; readonly step?: StepName };

export type DeploymentEvent = DeploymentEventBody & { readonly at: number };

const terminalStates: readonly DeploymentState[] = ['succeeded', 'failed', 'cancelled', 'denied', 'expired'];

/** True once nothing more happens to the deployment by itself and its cluster's lock is free. */
export function isTerminal(state: DeploymentState): boolean {
  return terminalStates.includes(state);
}

/**
 * Id of the deployment that made the cluster: its container, its credential and its end hang on that one, whatever has
 * been changed since.
 */
export function makerId({ id, before }: Pick<Deployment, 'id' | 'before'>): string {
  return before?.deployment ?? id;
}
