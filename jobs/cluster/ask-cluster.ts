import type { ClusterHealth } from '../../src/clusters/health.ts';
import { KubernetesApi } from '../../src/kubernetes/api/kubernetes-api.ts';
import { KubernetesError } from '../../src/kubernetes/api/kubernetes-error.ts';
import { listNodes } from '../../src/kubernetes/api/nodes.ts';
import { listPods } from '../../src/kubernetes/api/pods.ts';
import { readyz } from '../../src/kubernetes/api/readyz.ts';
import { atServer, type Kubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import type { Logger } from '../../src/log.ts';

/** An API that is well answers each of the calls here in a fraction of a second. */
const deadlineMs = 10_000;

/**
 * Does something with a cluster's API at the address that the stack tells; admin.conf itself names the private one.
 *
 * @throws KubernetesError that is unreachable where the cluster has no address at all.
 */
export async function withApi<Result>(
  adminConf: Kubeconfig,
  apiUrl: string,
  log: Logger,
  work: (api: KubernetesApi) => Promise<Result>,
): Promise<Result> {
  if (apiUrl === '') {
    throw new KubernetesError('The cluster has no address that is known', { problem: 'unreachable' });
  }
  const api = await KubernetesApi.connect(atServer(adminConf, apiUrl), { log, deadlineMs });
  return work(api).finally(() => api.close());
}

/** The nodes of a cluster and the pods of kube-system, as its API tells them now. */
export async function askCluster(
  adminConf: Kubeconfig,
  apiUrl: string,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<ClusterHealth> {
  return withApi(adminConf, apiUrl, log, async (api) => {
    await readyz(api, signal);
    const [nodes, pods] = await Promise.all([listNodes(api, signal), listPods(api, 'kube-system', signal)]);
    return { seenBy: 'api', at: Date.now(), nodes, pods };
  });
}
