import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { policyFor } from '../clusters/policy.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { requestDeployment } from './request-deployment.ts';
import type { Standing } from './standing.ts';
import { planningDownAnswer, tearingDownAnswer } from './texts/answers.ts';

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

/** True for a cluster that goes only with an approval, as clusters.yaml stands or as it was made. */
export function isProtected(spec: ClusterSpec, { clusters }: Pick<SlackContext, 'clusters'>): boolean {
  return clusters.get(spec.name)?.protected ?? spec.protected ?? false;
}

/** What whoever tears a cluster down may choose. */
export interface TearDownChoice {
  /** The volumes that the cluster has made go with it; they stay otherwise. */
  readonly removeVolumes?: boolean;
}

/**
 * Begins to tear a cluster down. Whoever clicked has confirmed it, so no approval is asked for, unless the cluster is
 * protected.
 */
export async function requestTearDown(
  { name, record, removeVolumes = false }: Pick<Standing, 'name' | 'record'> & TearDownChoice,
  user: string,
  context: SlackContext,
): Promise<Answer> {
  const spec = await specToRemove(name, record, context);
  const { approve } = policyFor(context.policy, name);
  const terms = { ...approve, count: isProtected(spec, context) ? approve.count : 0 };
  return requestDeployment(
    {
      action: 'down',
      spec,
      requestedBy: user,
      channel: record?.channel ?? spec.channel,
      ...(removeVolumes && { removeVolumes }),
      ...(record && { maker: record.deployment }),
      terms,
    },
    terms.count === 0 ? tearingDownAnswer : planningDownAnswer,
    context,
  );
}
