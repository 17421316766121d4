import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { policyFor } from '../clusters/policy.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import type { Standing } from './standing.ts';
import { busyAnswer, tearingDownAnswer } from './texts/answers.ts';

/**
 * The spec to tear a cluster down with: that of the deployment that made it, since clusters.yaml may name another cloud
 * by now, where there would be nothing to remove. Without that deployment, clusters.yaml decides. Throws a UsageError
 * when neither is there.
 */
export async function specToRemove(
  name: string,
  record: Cluster | undefined,
  { clusters, deployments }: SlackContext,
): Promise<ClusterSpec> {
  const maker = record && (await deployments.find(record.deployment));
  const spec = maker?.spec ?? clusters.get(name);
  if (spec !== undefined) return spec;
  throw new UsageError(`Nothing says in which cloud ${name} is: clusters.yaml does not describe it any more`, {
    hint: `Put ${name} back into clusters.yaml, restart Slipway, and tear it down again`,
  });
}

/** Begins to tear a cluster down. Whoever clicked has confirmed it, so no approval is asked for. */
export async function requestTearDown(
  { name, record }: Pick<Standing, 'name' | 'record'>,
  user: string,
  context: SlackContext,
): Promise<Answer> {
  const spec = await specToRemove(name, record, context);
  const outcome = await context.deployments.request({
    action: 'down',
    spec,
    requestedBy: user,
    channel: record?.channel ?? spec.channel,
    terms: { ...policyFor(context.policy, name).approve, count: 0 },
  });
  if (outcome.kind === 'busy')
    return busyAnswer(name, outcome.lock, await context.deployments.find(outcome.lock.deployment));
  await context.producer.plan(outcome.deployment.id);
  return tearingDownAnswer(outcome.deployment);
}
