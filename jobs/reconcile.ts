import type { Cluster } from '../src/clusters/cluster.ts';
import { stackTag } from '../src/clusters/names.ts';
import { parseStackLabel, parseStackOutputs, type StackLabel } from '../src/clusters/stack.ts';
import type { Stack, StackSummary } from '../src/openstack/heat/stack.ts';
import { getStack, listStacks } from '../src/openstack/heat/stacks.ts';
import type { Tools } from './run.ts';

/**
 * Makes the list of clusters follow Heat, which is the truth about what exists: stacks of ours that Redis does not know,
 * or knows otherwise, are recorded, and clusters whose stack is gone are forgotten. Clusters with a deployment under way
 * are left to it, and what a cloud does not answer changes nothing. Where nothing has changed it costs one call a cloud.
 */
export async function reconcile(tools: Tools, signal: AbortSignal): Promise<void> {
  for (const cloud of tools.clouds) {
    const begun = Date.now();
    try {
      const stacks = await listStacks(tools.openstack({ cloud }).heat, { tags: [stackTag] }, signal);
      for (const cluster of await clustersIn(cloud, stacks, tools, signal)) await record(cluster, begun, tools);
      await forgetGone(cloud, stacks, begun, tools);
    } catch (error) {
      tools.log.warn({ err: error, cloud }, 'reconciling one cloud');
    }
  }
}

/**
 * The clusters of the stacks that Heat is done with and of which Redis does not know already. One that is being made or
 * removed will be looked at later.
 */
async function clustersIn(
  cloud: string | undefined,
  stacks: readonly StackSummary[],
  tools: Tools,
  signal: AbortSignal,
): Promise<Cluster[]> {
  const { heat } = tools.openstack({ cloud });
  const known = new Map((await tools.clusters.list()).map((cluster) => [cluster.stack, cluster]));
  const settled = stacks.filter(
    (stack) =>
      stack.state !== 'IN_PROGRESS' && stack.status !== 'DELETE_COMPLETE' && !tells(known.get(stack.name), stack),
  );
  const details = await Promise.all(settled.map((stack) => getStack(heat, stack, { resolveOutputs: true }, signal)));
  return details.flatMap((stack) => {
    const label = parseStackLabel(stack.parameters);
    return label ? [toCluster(cloud, stack, label)] : [];
  });
}

/** True for a record that is younger than all that has happened to the stack, and says the same of how it is. */
function tells(known: Cluster | undefined, stack: StackSummary): boolean {
  const { createdAt, updatedAt = createdAt } = stack;
  if (known === undefined || lastSeen(known) < updatedAt.getTime()) return false;
  return known.state === 'broken' || stateOf(stack) === 'up';
}

/** A cluster that was complete once runs, whatever became of a change to its stack. */
function stateOf({ state, action }: StackSummary): Cluster['state'] {
  return state === 'COMPLETE' || action === 'UPDATE' ? 'up' : 'broken';
}

function lastSeen({ since, seenAt = since }: Cluster): number {
  return seenAt;
}

function toCluster(cloud: string | undefined, stack: Stack, label: StackLabel): Cluster {
  const { apiUrl, nodes } = parseStackOutputs(stack, stack.outputs);
  return {
    name: label.cluster,
    ...(cloud !== undefined && { cloud }),
    state: stateOf(stack),
    deployment: label.deployment,
    channel: label.channel,
    requestedBy: label.requestedBy,
    version: label.version,
    stack: stack.name,
    apiUrl,
    nodes,
    since: (stack.updatedAt ?? stack.createdAt).getTime(),
  };
}

async function record(found: Cluster, begun: number, { clusters, deployments, log }: Tools): Promise<void> {
  const known = await clusters.find(found.name);
  if (known !== undefined && lastSeen(known) >= begun) return;
  const next = known?.deployment === found.deployment ? corrected(known, found, begun) : found;
  if (next === undefined || (await deployments.lock(found.name))) return;
  await clusters.put(next);
  log.info({ cluster: next.name, stack: next.stack, state: next.state }, 'recorded what Heat has');
}

/**
 * The record of a cluster with what Heat says of it; undefined where nothing is to be changed. A cluster whose API never
 * answered stays broken though its stack is complete: of that Heat knows nothing. When the cluster goes, and what was not
 * finished with it, Heat does not know either.
 */
function corrected(known: Cluster, found: Cluster, begun: number): Cluster | undefined {
  if (known.state === 'broken') return undefined;
  const { expiresAt, unfinished, since } = known;
  return {
    ...found,
    ...(found.state === 'up' && { since, seenAt: begun }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(unfinished !== undefined && { unfinished }),
  };
}

/** What came up while Heat was being asked is not in its answer yet, and clouds that were not asked tell nothing. */
async function forgetGone(
  cloud: string | undefined,
  stacks: readonly StackSummary[],
  begun: number,
  { clusters, deployments, log }: Tools,
): Promise<void> {
  const existing = new Set(stacks.filter(({ status }) => status !== 'DELETE_COMPLETE').map(({ name }) => name));
  for (const known of await clusters.list()) {
    if (known.cloud !== cloud || lastSeen(known) >= begun || existing.has(known.stack)) continue;
    if (await deployments.lock(known.name)) continue;
    await clusters.remove(known.name);
    log.info({ cluster: known.name }, 'forgot a cluster whose stack is gone');
  }
}
