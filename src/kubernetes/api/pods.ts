import { type NodePod, nodePod } from '../node-pod.ts';
import { type PodStatus, podStatus } from '../pod-status.ts';
import { everyPage } from './every-page.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { isMissing, KubernetesError } from './kubernetes-error.ts';

/** GET /api/v1/namespaces/{namespace}/pods: the pods of a namespace, each as `kubectl get pods` shows it. */
export async function listPods(api: KubernetesApi, namespace: string, signal?: AbortSignal): Promise<PodStatus[]> {
  return api.ask({ doing: `Listing the pods of ${namespace}`, signal }, async ({ core }) => {
    const pods = await everyPage((page) => core.listNamespacedPod({ namespace, ...page }));
    return pods.map(podStatus);
  });
}

/** GET /api/v1/pods?fieldSelector=spec.nodeName={node}: all pods that are on a node. */
export async function listPodsOn(api: KubernetesApi, node: string, signal?: AbortSignal): Promise<NodePod[]> {
  return api.ask({ doing: `Listing the pods on ${node}`, signal }, async ({ core }) => {
    const fieldSelector = `spec.nodeName=${node}`;
    const pods = await everyPage((page) => core.listPodForAllNamespaces({ fieldSelector, ...page }));
    return pods.map(nodePod);
  });
}

/** What became of an eviction: the pod ends now or is gone, or why it may not go yet, in the API's words. */
export type Eviction = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/**
 * POST /api/v1/namespaces/{namespace}/pods/{name}/eviction (policy/v1): has a pod end in its own time, as far as a
 * PodDisruptionBudget allows it now. 429 is its answer where none does: ask again later. A pod that is gone is a success.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 *
 * @throws KubernetesError also for 500, which stands for a pod that several budgets are about.
 */
export async function evictPod(
  api: KubernetesApi,
  { namespace, name }: Pick<NodePod, 'namespace' | 'name'>,
  signal?: AbortSignal,
): Promise<Eviction> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
  try {
    await api.ask({ doing: `Evicting ${namespace}/${name}`, signal }, ({ core }) =>
      core.createNamespacedPodEviction({ namespace, name, body }),
    );
    return { accepted: true };
  } catch (error) {
    if (isMissing(error)) return { accepted: true };
    if (error instanceof KubernetesError && error.status === 429) return { accepted: false, reason: error.message };
    throw error;
  }
}
