import type { KubernetesApi } from '../../src/kubernetes/api/kubernetes-api.ts';
import { cordonNode, listNodes } from '../../src/kubernetes/api/nodes.ts';
import { type Eviction, evictPod, listPodsOn } from '../../src/kubernetes/api/pods.ts';
import type { NodePod } from '../../src/kubernetes/node-pod.ts';
import type { NodeStatus } from '../../src/kubernetes/node-status.ts';

/** A pod that is still on a node which is to be empty. */
export interface LeftPod extends Pick<NodePod, 'namespace' | 'name'> {
  readonly node: string;
  /** Why it may not go yet, in the API's words; undefined for one that is ending. */
  readonly heldBy?: string;
}

/** What one look at nodes that are being drained has found and done. */
export interface DrainLook {
  /** Names of those on which nothing is left that would have to move. */
  readonly drained: readonly string[];
  readonly left: readonly LeftPod[];
  /** How many pods have been told to go just now. */
  readonly evicted: number;
}

/**
 * Goes on with emptying nodes, and says how far that is: first no new pod may come to any of them, lest one moves from
 * the first to the second; then whatever would have to move is evicted. DaemonSets and what the kubelet runs by itself
 * stay. May be called again and again, and waits for nothing.
 *
 * @throws KubernetesError
 */
export async function drainNodes(
  api: KubernetesApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<DrainLook> {
  const nodes = (await listNodes(api, signal)).filter(({ name }) => names.includes(name));
  for (const { name, cordoned } of nodes) if (cordoned === undefined) await cordonNode(api, name, signal);
  const looks: Evicted[] = [];
  for (const node of nodes) looks.push(await evictFrom(api, node, signal));
  const left = looks.flatMap((look) => look.left);
  const drained = names.filter((name) => left.every(({ node }) => node !== name));
  return { drained, left, evicted: looks.reduce((sum, look) => sum + look.evicted, 0) };
}

type Evicted = Pick<DrainLook, 'left' | 'evicted'>;

async function evictFrom(api: KubernetesApi, { name, ready }: NodeStatus, signal: AbortSignal): Promise<Evicted> {
  const left: LeftPod[] = [];
  let evicted = 0;
  for (const pod of await movingPods(api, name, ready, signal)) {
    const outcome = pod.ending ? undefined : await evictPod(api, pod, signal);
    if (outcome?.accepted) evicted += 1;
    left.push(leftPod(pod, name, outcome));
  }
  return { left, evicted };
}

/** A kubelet that does not answer never says that a pod has ended, so that nobody waits for it. */
async function movingPods(api: KubernetesApi, node: string, ready: boolean, signal: AbortSignal): Promise<NodePod[]> {
  const pods = await listPodsOn(api, node, signal);
  return pods.filter(({ whenDrained, ending }) => whenDrained === 'moves' && (ready || !ending));
}

function leftPod({ namespace, name }: NodePod, node: string, outcome: Eviction | undefined): LeftPod {
  const held = outcome?.accepted === false ? { heldBy: outcome.reason } : {};
  return { namespace, name, node, ...held };
}
