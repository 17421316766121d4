import { closest } from '../closest.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import type { Deployment } from '../clusters/deployment.ts';
import { UsageError } from '../errors.ts';
import type { SlackContext } from './context.ts';

/** Everything that is known of one cluster right now. At least one of the three is there. */
export interface Standing {
  readonly name: string;
  /** Its entry in clusters.yaml. */
  readonly spec: ClusterSpec | undefined;
  /** What exists, as far as Redis knows. */
  readonly record: Cluster | undefined;
  /** What is under way. */
  readonly active: Deployment | undefined;
}

/** Every cluster of clusters.yaml and every other one that exists or is under way, by name. */
export async function allStandings({ clusters, known, deployments }: SlackContext): Promise<Standing[]> {
  const [records, active] = await Promise.all([known.list(), deployments.active()]);
  const names = new Set([
    ...clusters.keys(),
    ...records.map(({ name }) => name),
    ...active.map(({ cluster }) => cluster),
  ]);
  return [...names].sort().map((name) => ({
    name,
    spec: clusters.get(name),
    record: records.find((record) => record.name === name),
    active: active.find(({ cluster }) => cluster === name),
  }));
}

/** How a cluster stands. Throws a UsageError with the nearest name and all others when nobody has heard of it. */
export async function standingOf(name: string, context: SlackContext): Promise<Standing> {
  const standings = await allStandings(context);
  const found = standings.find((standing) => standing.name === name);
  if (found !== undefined) return found;

  const names = standings.map((standing) => standing.name);
  const near = closest(name, names);
  throw new UsageError(`There is no cluster ${name}.${near ? ` Did you mean ${near}?` : ''}`, {
    hint: names.length === 0 ? 'clusters.yaml describes none yet' : `The clusters are: ${names.join(', ')}`,
  });
}
