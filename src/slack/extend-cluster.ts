import type { Cluster } from '../clusters/cluster.ts';
import { extend } from '../clusters/decisions.ts';
import type { Deployment } from '../clusters/deployment.ts';
import { expiryOf } from '../clusters/lifetime.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { busyAnswer } from './texts/answers.ts';
import { extendedAnswer, staysAnswer, unknownMakerAnswer } from './texts/lifetime-answers.ts';
import { duration } from './views/quantities.ts';

/**
 * Has a cluster torn down `ms` milliseconds from now instead of when it was to be; without `ms`, after its usual time.
 * Never sets an end that is nearer than the one that it has, unless that was asked for by a time.
 *
 * @throws UsageError when the end would be farther away than clusters.yaml allows.
 */
export async function extendCluster(
  cluster: Cluster,
  ms: number | undefined,
  user: string,
  context: Pick<SlackContext, 'clusters' | 'deployments' | 'now'>,
): Promise<Answer> {
  const { deployments, now = Date.now } = context;
  const maker = await deployments.find(cluster.deployment);
  if (maker === undefined) return unknownMakerAnswer(cluster.name);
  const described = context.clusters.get(cluster.name);
  if (expiryOf(maker) === undefined || described?.protected)
    return staysAnswer(cluster.name, described?.protected ?? maker.spec.protected ?? false);
  const lock = await deployments.lock(cluster.name);
  if (lock !== undefined) return busyAnswer(cluster.name, lock, await deployments.find(lock.deployment));
  const changed = await deployments.change(maker.id, extend(user, newEnd(maker, ms, context, now())));
  return extendedAnswer(changed.deployment);
}

function newEnd(
  { cluster, spec, expiry }: Deployment,
  ms: number | undefined,
  { clusters }: Pick<SlackContext, 'clusters'>,
  now: number,
): number {
  // What clusters.yaml says today counts: a limit may have been set since the cluster was made.
  const today = clusters.get(cluster)?.lifetime ?? spec.lifetime;
  const maxMs = today?.maxMs;
  const usualMs = today?.defaultMs ?? spec.lifetime?.defaultMs ?? 0;
  if (ms !== undefined) return now + within(ms, maxMs, cluster);
  return Math.max(now + Math.min(usualMs, maxMs ?? usualMs), expiry?.until ?? 0);
}

/** The time, if it is no longer than clusters.yaml allows for the cluster. Throws a UsageError for one that is. */
export function within(ms: number, maxMs: number | undefined, cluster: string): number {
  if (maxMs === undefined || ms <= maxMs) return ms;
  throw new UsageError(
    `${duration(ms)} from now is too long: clusters.yaml lets ${cluster} be there for ${duration(maxMs)}`,
    {
      hint: `Ask for ${duration(maxMs)} or less; it can be extended again later`,
    },
  );
}
