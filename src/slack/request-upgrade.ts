import type { Cluster } from '../clusters/cluster.ts';
import type { KubernetesSpec } from '../clusters/cluster-spec.ts';
import { upgradeProblem } from '../clusters/upgrade-path.ts';
import { UsageError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { type Asking, type Changing, presentSpec, requestChange, type Turn } from './request-change.ts';

/**
 * Asks for another version of Kubernetes for a cluster that is up.
 *
 * @throws UsageError for a version that cannot follow the one that is known, and where nothing is known of what the
 * cluster is made of.
 */
export function requestUpgrade(cluster: Changing, version: string, asking: Asking): Promise<Answer> {
  return requestChange('upgrade', cluster, (record) => upgrading(record, version, asking.context), asking);
}

/**
 * What servers fetch comes as clusters.yaml says today; all else stays as it was made. Of an upgrade that was not finished
 * the record may be behind, so that only Heat's word counts then.
 */
async function upgrading(record: Cluster, version: string, context: SlackContext): Promise<Turn> {
  const problem = upgradeProblem(record.version, version);
  if (problem !== undefined) throw new UsageError(problem.text, { hint: problem.hint });
  const from = await presentSpec(record, context);
  const { kubernetes, firstBoot } = context.clusters.get(record.name) ?? from;
  return { from, to: { ...from, firstBoot, kubernetes: withVersion(kubernetes, version) } };
}

/** Of that version, from the same source. A digest in clusters.yaml is that of one version only. */
function withVersion(kubernetes: KubernetesSpec, version: string): KubernetesSpec {
  if (kubernetes.version === version) return kubernetes;
  if (kubernetes.source === 'build') return { ...kubernetes, version };
  const { sha512: _, ...rest } = kubernetes;
  return { ...rest, version };
}
