import { type Deployment, makerId } from '../../src/clusters/deployment.ts';
import { DeployError } from '../../src/errors.ts';
import type { KubernetesApi } from '../../src/kubernetes/api/kubernetes-api.ts';
import type { ClusterQuestion } from '../../src/queue/jobs.ts';
import type { Run } from '../run.ts';
import { withApi } from './ask-cluster.ts';
import { readAdminConf } from './read-admin-conf.ts';

/** Where the cluster of a deployment is that is there already, or whose stack is complete. */
export interface Whereabouts extends ClusterQuestion {
  readonly apiUrl: string;
}

/** By what made the cluster: a deployment that changes it has neither a container nor a stack of its own. */
export function whereaboutsOf(deployment: Deployment): Whereabouts {
  const { cluster, before, steps } = deployment;
  const apiUrl = before?.apiUrl ?? steps.stack?.result?.apiUrl ?? '';
  return { cluster, deployment: makerId(deployment), apiUrl };
}

/**
 * Does something with the API of the cluster that a deployment changes, as its administrator.
 *
 * @throws DeployError `no_admin_conf` where nobody has left what lets Slipway in; KubernetesError of the API.
 */
export async function atCluster<Result>(
  { deployment, openstack, log, signal }: Pick<Run, 'deployment' | 'openstack' | 'log' | 'signal'>,
  work: (api: KubernetesApi) => Promise<Result>,
): Promise<Result> {
  const where = whereaboutsOf(deployment);
  const adminConf = await readAdminConf(openstack.swift, where, signal);
  if (adminConf === undefined) {
    throw new DeployError('no_admin_conf', `There is no admin.conf of ${where.cluster} in its Swift container`, {
      hint: 'Without it nobody can ask its Kubernetes anything: bring the cluster up anew, or scale it by its stack',
    });
  }
  return withApi(adminConf, where.apiUrl, log, work);
}
