import type { Cluster } from '../src/clusters/cluster.ts';
import { stackTag } from '../src/clusters/names.ts';
import { parseStackLabel, parseStackOutputs, type StackLabel } from '../src/clusters/stack.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { getStack, listStacks } from '../src/openstack/heat/stacks.ts';
import type { Tools } from './run.ts';

/**
 * Makes the list of clusters follow Heat, which is the truth about what exists: stacks of ours that Redis does not know
 * come back, and clusters whose stack is gone go. Clusters with a deployment under way are left to it.
 */
export async function reconcile(tools: Tools, signal: AbortSignal): Promise<void> {
  const begun = Date.now();
  const found: Cluster[] = [];
  for (const cloud of tools.clouds) {
    try {
      found.push(...(await clustersOf(cloud, tools, signal)));
    } catch (error) {
      // What one cloud does not tell must not make its clusters vanish, nor keep the others' from being seen.
      tools.log.warn({ err: error, cloud }, 'reconciling one cloud');
      return;
    }
  }
  for (const cluster of found) await keep(cluster, tools);
  await forgetGone(new Set(found.map(({ name }) => name)), begun, tools);
}

async function clustersOf(cloud: string | undefined, tools: Tools, signal: AbortSignal): Promise<Cluster[]> {
  const { heat } = tools.openstack(cloud);
  const stacks = await listStacks(heat, { tags: [stackTag] }, signal);
  const settled = stacks.filter(({ state, action }) => state !== 'IN_PROGRESS' && action !== 'DELETE');
  const details = await Promise.all(settled.map((stack) => getStack(heat, stack, { resolveOutputs: true }, signal)));
  return details.flatMap((stack) => {
    const label = parseStackLabel(stack.parameters);
    return label ? [toCluster(stack, label)] : [];
  });
}

function toCluster(stack: Stack, label: StackLabel): Cluster {
  const { apiUrl, nodes } = parseStackOutputs(stack, stack.outputs);
  return {
    name: label.cluster,
    state: stack.state === 'COMPLETE' ? 'up' : 'broken',
    deployment: label.deployment,
    channel: label.channel,
    requestedBy: label.requestedBy,
    version: label.version,
    stack: stack.name,
    apiUrl,
    nodes,
    since: stack.createdAt.getTime(),
  };
}

async function keep(cluster: Cluster, { clusters, deployments, log }: Tools): Promise<void> {
  if (await clusters.find(cluster.name)) return;
  if (await deployments.lock(cluster.name)) return;
  await clusters.put(cluster);
  log.info({ cluster: cluster.name, stack: cluster.stack }, 'found a cluster in Heat that Redis did not know');
}

/** What came up while Heat was being asked is not in its answer yet. */
async function forgetGone(
  existing: ReadonlySet<string>,
  begun: number,
  { clusters, deployments, log }: Tools,
): Promise<void> {
  for (const { name, since } of await clusters.list()) {
    if (existing.has(name) || since >= begun || (await deployments.lock(name))) continue;
    await clusters.remove(name);
    log.info({ cluster: name }, 'forgot a cluster whose stack is gone');
  }
}
