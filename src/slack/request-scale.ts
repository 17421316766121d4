import type { Cluster } from '../clusters/cluster.ts';
import { countProblem } from '../clusters/scaling.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { type Asking, type Changing, presentSpec, requestChange, type Turn } from './request-change.ts';

/**
 * Asks for another number of nodes of a cluster that is up.
 *
 * @param count of nodes, control planes not counted
 * @throws UsageError for a number that clusters.yaml does not allow, and where nothing is known of what it is made of.
 */
export function requestScale(cluster: Changing, count: number, asking: Asking): Promise<Answer> {
  return requestChange('scale', cluster, (record) => scaling(record, count, asking.context), asking);
}

/** How many nodes a cluster may have: as clusters.yaml says today, or said when it was made. */
export async function mostNodes(record: Cluster, context: SlackContext): Promise<number> {
  return (context.clusters.get(record.name) ?? (await presentSpec(record, context))).nodes.max;
}

async function scaling(record: Cluster, count: number, context: SlackContext): Promise<Turn> {
  const from = await presentSpec(record, context);
  const max = await mostNodes(record, context);
  const problem = countProblem(count, max);
  if (problem !== undefined) throw new UsageError(problem.text, { hint: problem.hint });
  return { from, to: { ...from, nodes: { ...from.nodes, count, max } } };
}
