import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { policyFor } from '../clusters/policy.ts';
import { countProblem } from '../clusters/scaling.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { busyAnswer } from './texts/answers.ts';
import { cannotChangeAnswer, changingAnswer } from './texts/change-answers.ts';

/**
 * Asks for another number of nodes of a cluster that is up: a plan is made, approved as the policy says, and done. What
 * there is now, Heat tells the planner; here only what needs no look at the cloud is checked.
 *
 * @param record what is known of the cluster; undefined where none is known
 * @param count of nodes, control planes not counted
 * @throws UsageError for a number that clusters.yaml does not allow, and where nothing is known of what it is made of.
 */
export async function requestScale(
  { name, record }: { readonly name: string; readonly record: Cluster | undefined },
  count: number,
  user: string,
  context: SlackContext,
): Promise<Answer> {
  if (record?.state !== 'up') return cannotChangeAnswer(name, record, 'scale');
  const { deployments, policy, producer } = context;
  const spec = await scaledSpec(record, count, context);
  const terms = policyFor(policy, name).approve;
  const outcome = await deployments.request({
    action: 'scale',
    spec,
    requestedBy: user,
    channel: record.channel,
    terms,
    before: record,
  });
  if (outcome.kind === 'busy') return busyAnswer(name, outcome.lock, await deployments.find(outcome.lock.deployment));
  await producer.plan(outcome.deployment.id);
  return changingAnswer(outcome.deployment);
}

/** How many nodes a cluster may have: as clusters.yaml says today, or said when it was made. */
export async function mostNodes(record: Cluster, context: SlackContext): Promise<number> {
  return (context.clusters.get(record.name) ?? (await specOf(record, context))).nodes.max;
}

async function scaledSpec(record: Cluster, count: number, context: SlackContext): Promise<ClusterSpec> {
  const spec = await specOf(record, context);
  const max = await mostNodes(record, context);
  const problem = countProblem(count, max);
  if (problem !== undefined) throw new UsageError(problem.text, { hint: problem.hint });
  return { ...spec, nodes: { ...spec.nodes, count, max } };
}

/** What the cluster was made of; where that is forgotten, what clusters.yaml says. */
async function specOf({ name, deployment }: Cluster, { clusters, deployments }: SlackContext): Promise<ClusterSpec> {
  const spec = (await deployments.find(deployment))?.spec ?? clusters.get(name);
  if (spec !== undefined) return spec;
  throw new UsageError(`Nothing says any more what ${name} is made of: clusters.yaml does not describe it`, {
    hint: `Put ${name} back into clusters.yaml, restart Slipway, and ask again`,
  });
}
