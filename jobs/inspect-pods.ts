import { type ClusterHealth, cutHealth } from '../src/clusters/health.ts';
import { clusterContainer } from '../src/clusters/names.ts';
import { DeployError } from '../src/errors.ts';
import { isUnreachable } from '../src/kubernetes/api/kubernetes-error.ts';
import type { ClusterQuestion, InspectionResults } from '../src/queue/jobs.ts';
import { askCluster } from './cluster/ask-cluster.ts';
import { findKnownCluster, type KnownCluster } from './cluster/known-cluster.ts';
import { noAdminConf } from './cluster/no-admin-conf.ts';
import { readAdminConf } from './cluster/read-admin-conf.ts';
import { isFresh, readReport } from './cluster/read-report.ts';
import type { Tools } from './run.ts';

/** How the nodes of a cluster and the pods of kube-system are. Changes nothing. */
export async function inspectPods(
  question: ClusterQuestion,
  tools: Tools,
  signal: AbortSignal,
): Promise<InspectionResults['inspect-pods']> {
  try {
    const known = await findKnownCluster(question, tools);
    return { kind: 'seen', health: cutHealth(await look(known, tools, signal)) };
  } catch (error) {
    // The person who asked reads the answer and no log.
    if (!(error instanceof DeployError)) throw error;
    tools.log.warn({ err: error, cluster: question.cluster }, 'a cluster could not be looked into');
    return { kind: 'unknown', text: error.message, hint: error.hint ?? 'Ask again in a minute' };
  }
}

async function look(known: KnownCluster, tools: Tools, signal: AbortSignal): Promise<ClusterHealth> {
  const { swift } = tools.openstack(known.choice);
  const adminConf = await readAdminConf(swift, known, signal);
  if (adminConf === undefined) throw noAdminConf(known);
  try {
    return await askCluster(adminConf, known.apiUrl, { log: tools.log, signal });
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const report = await readReport(swift, known, signal);
    if (report !== undefined && isFresh(report, Date.now())) return report;
    throw new DeployError(error.code, `${error.message}; ${staleness(report)}`, {
      hint: error.hint ?? `Look at report.json in the Swift container ${clusterContainer(known.cluster)}`,
      cause: error,
    });
  }
}

/** Why the control plane's report does not help either. */
function staleness(report: ClusterHealth | undefined): string {
  if (report === undefined) return 'and its control plane has reported nothing';
  const minutes = Math.round((Date.now() - report.at) / 60_000);
  return `and its control plane has reported nothing for ${minutes} minutes`;
}
