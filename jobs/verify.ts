import type { ClusterSpec } from '../src/clusters/cluster-spec.ts';
import type { Deployment, StepProgress } from '../src/clusters/deployment.ts';
import {
  type ClusterHealth,
  ClusterNotReadyError,
  cutHealth,
  healthProblems,
  healthProgress,
  isUp,
  whatIsMissing,
} from '../src/clusters/health.ts';
import type { StepResults } from '../src/clusters/steps.ts';
import { isKubeletOf } from '../src/clusters/upgrade-path.ts';
import { DeployError } from '../src/errors.ts';
import { isUnreachable, KubernetesError } from '../src/kubernetes/api/kubernetes-error.ts';
import { askCluster } from './cluster/ask-cluster.ts';
import { notReadyHint } from './cluster/not-ready-hint.ts';
import { readAdminConf } from './cluster/read-admin-conf.ts';
import { isFresh, readReport } from './cluster/read-report.ts';
import { whereaboutsOf } from './cluster/whereabouts.ts';
import type { Again, Run } from './run.ts';

/** How long a cluster may take from its servers' first boot to Ready nodes: images are fetched in that time. */
const deadlineMs = 20 * 60_000;

/** How long an API that ought to be reached may be out of reach before the control plane's report stands in for it. */
const unreachableMs = 2 * 60_000;

const askAgainSeconds = 3;

/** What one look has found: the cluster as it is, or why that cannot be told yet. */
type Sight = (Seen | Waiting) & {
  /** Since when the API has been out of this worker's reach, in milliseconds since the epoch. */
  readonly unreachableSince?: number;
};

interface Seen {
  readonly health: ClusterHealth;
}

interface Waiting {
  readonly waiting: string;
  readonly hint: string;
}

/**
 * Waits until every server of the cluster is a node that is ready and every pod of kube-system is well. The cluster's own
 * API says so, checked by the authority in admin.conf; where no worker can reach it, the control plane's report does.
 */
export async function verify(run: Run): Promise<StepResults['verify'] | Again> {
  const { deployment, step } = run;
  const { apiUrl } = whereaboutsOf(deployment);
  const sight = await look(run);
  if ('health' in sight && isWhole(deployment, sight.health)) return { apiUrl, health: cutHealth(sight.health) };
  if (Date.now() - step.startedAt > deadlineMs) throw notReady(deployment, sight);
  await tell(run, sight);
  return step.again({ afterSeconds: askAgainSeconds });
}

/** Names of the servers that have another version than the one that all were brought to. */
function behind({ steps }: Deployment, { nodes }: ClusterHealth): string[] {
  const version = steps.upgrade?.result?.version;
  return version === undefined
    ? []
    : nodes.filter((node) => !isKubeletOf(node.version, version)).map(({ name }) => name);
}

function isWhole(deployment: Deployment, health: ClusterHealth): boolean {
  return isUp(health, expectedOf(deployment.spec)) && behind(deployment, health).length === 0;
}

function serversOf({ controlPlane, nodes }: ClusterSpec): number {
  return controlPlane.count + nodes.count;
}

function expectedOf(spec: ClusterSpec): { servers: number; network: boolean } {
  return { servers: serversOf(spec), network: spec.network.plugin.name !== 'none' };
}

async function look(run: Run): Promise<Sight> {
  const { deployment, openstack, signal, log } = run;
  const where = whereaboutsOf(deployment);
  const adminConf = await readAdminConf(openstack.swift, where, signal);
  if (adminConf === undefined) return noAdminConf;
  try {
    return { health: await askCluster(adminConf, where.apiUrl, { log, signal }) };
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    const waiting = { waiting: error.message, hint: error.hint ?? 'Look at the log of its control plane' };
    return isUnreachable(error) ? lookAtReport(run, waiting) : waiting;
  }
}

const noAdminConf: Waiting = {
  waiting: 'the control plane has not handed over admin.conf',
  hint: 'Look at /var/log/slipway-boot.log on the first control plane, and whether it reaches Swift',
};

/** What the control plane itself sees, once it is clear that this worker sees nothing. */
async function lookAtReport({ deployment, openstack, signal, step }: Run, { waiting, hint }: Waiting): Promise<Sight> {
  const unreachableSince = Number(step.marker) || Date.now();
  const patienceMs = deployment.spec.network.floatingIp ? unreachableMs : 0;
  if (Date.now() - unreachableSince < patienceMs) return { waiting, hint, unreachableSince };
  const report = await readReport(openstack.swift, whereaboutsOf(deployment), signal);
  return report !== undefined && isFresh(report, Date.now())
    ? { health: report, unreachableSince }
    : { waiting: `${waiting}, and no report of the control plane tells more`, hint, unreachableSince };
}

/** Every look would be an event otherwise, and most find the same as the one before. */
async function tell({ step, deployment }: Run, sight: Sight): Promise<void> {
  const told = deployment.steps.verify?.progress;
  const progress = 'health' in sight ? progressOf(sight.health, deployment) : { text: sight.waiting };
  const marker = sight.unreachableSince === undefined ? '' : String(sight.unreachableSince);
  const same = told?.text === progress.text && told.done === progress.done && (step.marker ?? '') === marker;
  if (!same) await step.report(progress, { marker });
}

function progressOf(health: ClusterHealth, deployment: Deployment): StepProgress {
  const late = behind(deployment, health);
  const progress =
    late.length === 0
      ? healthProgress(health, serversOf(deployment.spec))
      : { text: `${late.join(', ')} without the new version` };
  return health.seenBy === 'api' ? progress : { ...progress, text: `${progress.text}, as the control plane reports` };
}

function notReady(deployment: Deployment, sight: Sight): DeployError {
  const { cluster, spec, steps } = deployment;
  const late = `${cluster} is not ready after ${deadlineMs / 60_000} minutes`;
  if (!('health' in sight)) {
    return new DeployError('cluster_not_ready', `${late}: ${sight.waiting}`, { hint: sight.hint });
  }
  const { health } = sight;
  const count = serversOf(spec);
  const names = (steps.resize ?? steps.stack)?.result?.nodes ?? [];
  const old = behind(deployment, health).map((name) => `${name} does not have the new version`);
  return new ClusterNotReadyError(`${late}: ${[...healthProblems(health, count), ...old].join(', ')}`, {
    hint: notReadyHint(health),
    problems: [...whatIsMissing(health, { count, names }), ...old],
  });
}
