import { changesBeyond } from '../clusters/change.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { policyFor } from '../clusters/policy.ts';
import { UsageError } from '../errors.ts';
import type { Deciding } from './admit.ts';
import { admitChanges } from './admit-changes.ts';
import type { Answer } from './answer.ts';
import type { Attempt } from './attempt.ts';
import type { SlackContext } from './context.ts';
import { requestDeployment } from './request-deployment.ts';
import { type Change, cannotChangeAnswer, changingAnswer } from './texts/change-answers.ts';

/** A cluster that somebody wants to change, as far as it is known. */
export interface Changing {
  readonly name: string;
  readonly record: Cluster | undefined;
}

/** What a cluster is made of, and what it is to be made of. */
export interface Turn {
  readonly from: ClusterSpec;
  readonly to: ClusterSpec;
}

/** Who wants it, and what is needed to decide whether they may. */
export interface Asking extends Deciding {
  readonly attempt: Attempt;
}

/**
 * Asks for a change of a cluster that is up: a plan is made, approved as the policy says, and done. That they may use the
 * command has been decided; whether they may have what clusters.yaml does not give is decided here. What there is now,
 * Heat tells the planner; here only what needs no look at the cloud is checked.
 *
 * @param turnOf what the cluster is and is to be, from its record
 */
export async function requestChange(
  action: Change,
  { name, record }: Changing,
  turnOf: (record: Cluster) => Promise<Turn>,
  { attempt, ...deciding }: Asking,
): Promise<Answer> {
  if (record?.state !== 'up') return cannotChangeAnswer(name, record, action);
  const { context } = deciding;
  const { from, to } = await turnOf(record);
  const refusal = await admitChanges(changesBeyond(context.clusters.get(name), from, to), name, attempt, deciding);
  return refusal ?? request(action, to, record, attempt.user, context);
}

function request(
  action: Change,
  spec: ClusterSpec,
  record: Cluster,
  user: string,
  context: SlackContext,
): Promise<Answer> {
  const { name, channel } = record;
  const terms = policyFor(context.policy, name).approve;
  return requestDeployment(
    { action, spec, requestedBy: user, channel, terms, before: record },
    changingAnswer,
    context,
  );
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
