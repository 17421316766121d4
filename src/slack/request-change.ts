import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { policyFor } from '../clusters/policy.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { busyAnswer } from './texts/answers.ts';
import { type Change, cannotChangeAnswer, changingAnswer } from './texts/change-answers.ts';

/** A cluster that somebody wants to change, as far as it is known. */
export interface Changing {
  readonly name: string;
  readonly record: Cluster | undefined;
}

/**
 * Asks for a change of a cluster that is up: a plan is made, approved as the policy says, and done. What there is now, Heat
 * tells the planner; here only what needs no look at the cloud is checked.
 *
 * @param specOf what the cluster is to be, from its record
 */
export async function requestChange(
  action: Change,
  { name, record }: Changing,
  specOf: (record: Cluster) => Promise<ClusterSpec>,
  user: string,
  context: SlackContext,
): Promise<Answer> {
  if (record?.state !== 'up') return cannotChangeAnswer(name, record, action);
  const { deployments, policy, producer } = context;
  const outcome = await deployments.request({
    action,
    spec: await specOf(record),
    requestedBy: user,
    channel: record.channel,
    terms: policyFor(policy, name).approve,
    before: record,
  });
  if (outcome.kind === 'busy') return busyAnswer(name, outcome.lock, await deployments.find(outcome.lock.deployment));
  await producer.plan(outcome.deployment.id);
  return changingAnswer(outcome.deployment);
}

/** What the cluster was made of, with as many nodes as it has; where that is forgotten, what clusters.yaml says. */
export async function presentSpec(
  { name, deployment, nodes }: Cluster,
  { clusters, deployments }: Pick<SlackContext, 'clusters' | 'deployments'>,
): Promise<ClusterSpec> {
  const spec = (await deployments.find(deployment))?.spec ?? clusters.get(name);
  if (spec !== undefined) return { ...spec, nodes: { ...spec.nodes, count: nodes.length } };
  throw new UsageError(`Nothing says any more what ${name} is made of: clusters.yaml does not describe it`, {
    hint: `Put ${name} back into clusters.yaml, restart Slipway, and ask again`,
  });
}
