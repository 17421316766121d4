import { DeployError } from '../errors.ts';

/** One server of a cluster, as Kubernetes sees it. */
export interface NodeHealth {
  readonly name: string;
  readonly role: 'control-plane' | 'node';
  readonly ready: boolean;
  /** Why it is not. */
  readonly reason?: string;
  /** Of its kubelet. */
  readonly version: string;
  /** In the cluster's network. */
  readonly address: string;
}

/** One pod, in the columns of `kubectl get pods`. */
export interface PodHealth {
  readonly name: string;
  /** Containers that are ready, and all: `1/1`. */
  readonly ready: string;
  readonly status: string;
  readonly restarts: number;
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

/** What was seen of a cluster from inside Kubernetes. */
export interface ClusterHealth {
  /** Who saw it: this worker at the Kubernetes API, or the control plane, which left a report in Swift. */
  readonly seenBy: 'api' | 'report';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly nodes: readonly NodeHealth[];
  /** Those of kube-system. */
  readonly pods: readonly PodHealth[];
  /** Set where not all of them are listed here. */
  readonly counts?: HealthCounts;
}

/** How many of each there are, and how many of those are well. */
export interface HealthCounts {
  readonly nodes: number;
  readonly readyNodes: number;
  readonly pods: number;
  readonly wellPods: number;
}

/** What is seen in one look. */
type Sight = Pick<ClusterHealth, 'nodes' | 'pods' | 'counts'>;

/** What a cluster has to have before it is up. */
export interface ExpectedServers {
  /** Control planes and nodes. */
  readonly count: number;
  /** Names of those that are known beforehand. */
  readonly names: readonly string[];
}

/** A cluster whose API answers, or whose control plane reports, and which lacks something nevertheless. */
export class ClusterNotReadyError extends DeployError {
  /** Each node and pod that is not well. */
  readonly problems: readonly { readonly text: string }[];

  constructor(message: string, { hint, problems }: { hint: string; problems: readonly string[] }) {
    super('cluster_not_ready', message, { hint });
    this.problems = problems.map((text) => ({ text }));
  }
}

/** How many nodes and pods there are, and how many are well. */
export function countsOf({ nodes, pods, counts }: Sight): HealthCounts {
  return (
    counts ?? {
      nodes: nodes.length,
      readyNodes: nodes.filter(({ ready }) => ready).length,
      pods: pods.length,
      wellPods: pods.filter(isWell).length,
    }
  );
}

/** What a cluster lacks, in words, until it has that many nodes and all of them and all pods are well. Empty then. */
export function healthProblems(sight: Sight, servers: number): string[] {
  const { nodes, readyNodes, pods, wellPods } = countsOf(sight);
  const all = Math.max(servers, nodes);
  return [
    ...(readyNodes < all ? [`${readyNodes} of ${all} nodes ready`] : []),
    ...(pods === 0 ? ['no pods in kube-system yet'] : []),
    ...(wellPods < pods ? [`${wellPods} of ${pods} pods running`] : []),
  ];
}

/**
 * True for a cluster that is up. Without a network plugin no node becomes ready, and no pod that needs the network runs,
 * until people bring one; then it is enough that every server has joined.
 */
export function isUp(sight: Sight, { servers, network }: { servers: number; network: boolean }): boolean {
  return network ? healthProblems(sight, servers).length === 0 : countsOf(sight).nodes >= servers;
}

/** How far a cluster is on its way to that: nodes first, since pods wait for them. */
export function healthProgress(sight: Sight, servers: number): { text: string; done?: number; total?: number } {
  const { nodes, readyNodes, pods, wellPods } = countsOf(sight);
  const all = Math.max(servers, nodes);
  const text = healthProblems(sight, servers).join(', ');
  if (readyNodes < all) return { text, done: readyNodes, total: all };
  return pods === 0 ? { text } : { text, done: wellPods, total: pods };
}

/** Each server that is missing or not ready and each pod that is not well, with what is known of why. */
export function whatIsMissing({ nodes, pods }: Sight, { count, names }: ExpectedServers): string[] {
  const joined = new Set(nodes.map(({ name }) => name));
  const absent = names.filter((name) => !joined.has(name));
  const nameless = count - nodes.length - absent.length;
  return [
    ...absent.map((name) => `${name} has not joined`),
    ...(nameless > 0
      ? [nameless === 1 ? 'one more server has not joined' : `${nameless} more servers have not joined`]
      : []),
    ...nodes
      .filter(({ ready }) => !ready)
      .map(({ name, reason }) => `node ${name} is not ready${reason === undefined ? '' : `: ${reason}`}`),
    ...pods.filter((pod) => !isWell(pod)).map((pod) => `pod ${pod.name}: ${podState(pod)}`),
  ];
}

/** "CrashLoopBackOff, 0/1 ready, 7 restarts, on staging-node-abcde". */
function podState({ status, ready, restarts, node }: PodHealth): string {
  return [
    status,
    `${ready} ready`,
    ...(restarts > 0 ? [restarts === 1 ? '1 restart' : `${restarts} restarts`] : []),
    ...(node === '' ? [] : [`on ${node}`]),
  ].join(', ');
}

/** Few enough for a record in Redis; Kubernetes itself names each of them. */
const mostKept = 60;

/** The same with at most so many nodes and pods. What is not well is kept before what is. */
export function cutHealth(health: ClusterHealth, most = mostKept): ClusterHealth {
  const nodes = kept(health.nodes, ({ ready }) => ready, most);
  const pods = kept(health.pods, isWell, most);
  const whole = nodes.length === health.nodes.length && pods.length === health.pods.length;
  return { ...health, nodes, pods, ...(!whole && { counts: countsOf(health) }) };
}

/** By name, so that the same state reads the same. */
function kept<Thing extends { readonly name: string }>(
  things: readonly Thing[],
  well: (thing: Thing) => boolean,
  most: number,
): Thing[] {
  const byName = things.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return [...byName.filter((thing) => !well(thing)), ...byName.filter(well)]
    .slice(0, most)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** True for a pod that runs with all its containers, or has done what it was for. */
export function isWell({ ready, status }: PodHealth): boolean {
  if (status === 'Completed') return true;
  const [up, all] = ready.split('/');
  return status === 'Running' && up === all;
}
