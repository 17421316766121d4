import { type PodStatus, podStatus } from '../pod-status.ts';
import { everyPage } from './every-page.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** GET /api/v1/namespaces/{namespace}/pods: the pods of a namespace, each as `kubectl get pods` shows it. */
export async function listPods(api: KubernetesApi, namespace: string, signal?: AbortSignal): Promise<PodStatus[]> {
  return api.ask({ doing: `Listing the pods of ${namespace}`, signal }, async ({ core }) => {
    const pods = await everyPage((page) => core.listNamespacedPod({ namespace, ...page }));
    return pods.map(podStatus);
  });
}
