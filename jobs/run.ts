import type { BuildNeeds, CloudChoice } from '../src/clusters/cluster-spec.ts';
import type { Deployment, DeploymentEventBody, StepProgress } from '../src/clusters/deployment.ts';
import type { ReservedCidr } from '../src/clusters/network-fit.ts';
import type { StepName, StepResults } from '../src/clusters/steps.ts';
import type { Logger } from '../src/log.ts';
import type { StackWatch } from '../src/openstack/heat/stack-watch.ts';
import type { OpenStack } from '../src/openstack/openstack.ts';
import type { Producer } from '../src/queue/producer.ts';
import type { BuildLogs } from '../src/store/build-logs.ts';
import type { Builders } from '../src/store/builders.ts';
import type { Clusters } from '../src/store/clusters.ts';
import type { Deployments } from '../src/store/deployments.ts';
import type { Mutex } from '../src/store/mutex.ts';

/** What every job of a worker process shares. */
export interface Tools {
  readonly deployments: Deployments;
  readonly clusters: Clusters;
  readonly producer: Producer;
  /** The connection to the clouds of a cluster; one per choice and process. */
  openstack(choice: CloudChoice): OpenStack;
  /** The watch over the stacks in a cluster's cloud; one per cloud and process. */
  stackWatch(choice: CloudChoice): StackWatch;
  /** Names of the clouds that clusters.yaml uses. */
  readonly clouds: readonly (string | undefined)[];
  /** The clouds that clusters.yaml uses, each choice once. */
  readonly choices: readonly CloudChoice[];
  /** Names of the clusters that clusters.yaml protects: they have no end, whatever they were made with. */
  readonly protectedClusters: ReadonlySet<string>;
  /** How long a release is kept in Swift that nothing uses; milliseconds. */
  readonly keepReleasesMs: number;
  /** Ranges of addresses that no cluster may use. */
  readonly reservedCidrs: readonly ReservedCidr[];
  /** The worker's environment, of which git and make see what they need: PATH, proxies, where Docker is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What of the worker's environment and configuration no log and no card may ever show: passwords, tokens, keys. */
  readonly secrets: readonly string[];
  /** Folder for builds and logs. */
  readonly dataDir: string;
  /** Path of the root Heat template. */
  readonly template: string;
  /** Path of the folder with the Salt states. */
  readonly states: string;
  /** How long a stack is waited for that was asked for without an answer. By default as long as Heat may need. */
  readonly stackGraceMs?: number | undefined;
  /** Where build workers say how they are. */
  readonly builders: Builders;
  /** What a build worker has to have for every cluster of clusters.yaml. */
  readonly buildNeeds: BuildNeeds;
  /** Lets one process at a time do what two must not do side by side. */
  readonly mutex: Mutex;
  /** The ends of the logs of builds. */
  readonly buildLogs: BuildLogs;
  readonly log: Logger;
}

/** A step's answer when what it waits for has not come yet: the job sleeps in Redis, and no worker waits. */
export interface Again {
  readonly again: true;
  readonly afterSeconds: number;
}

/** What a step may say about itself while it runs. */
export interface StepHandle {
  readonly attempt: number;
  /** Milliseconds since the epoch at which the step's first attempt began. */
  readonly startedAt: number;
  /** Where the source of events had been read up to when this run began. */
  readonly marker: string | undefined;
  /** Records progress; in the same piece how far a source of events has been read, and what is worth telling of it. */
  report(progress: StepProgress, more?: { marker?: string; events?: readonly DeploymentEventBody[] }): Promise<void>;
  /** Records progress that comes often: at most once a second, the latest wins, and nobody waits for it. */
  tick(progress: StepProgress): void;
  /** Throws when another attempt has taken over or the deployment is over. Called before anything is made. */
  checkpoint(): Promise<void>;
  /** Puts the step off: it is called again, in the same attempt, on any worker. */
  again(options: { afterSeconds: number }): Again;
}

/** Everything that one run of a step needs. */
export interface Run {
  readonly deployment: Deployment;
  readonly step: StepHandle;
  readonly tools: Tools;
  /** The cluster's cloud; connected on first use. */
  readonly openstack: OpenStack;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** A step makes sure that one thing is so, and may be called any number of times. */
export type Step<Name extends StepName = StepName> = (run: Run) => Promise<StepResults[Name] | Again>;

/** True for a step's answer that puts it off. */
export function isAgain(outcome: object): outcome is Again {
  return 'again' in outcome;
}

/** The result of an earlier step. Throws when it has none, which the order of the flow rules out. */
export function resultOf<Name extends StepName>(deployment: Deployment, step: Name): StepResults[Name] {
  const result = deployment.steps[step]?.result;
  if (result === undefined) throw new TypeError(`step ${step} of ${deployment.id} has no result yet`);
  return result as StepResults[Name];
}
