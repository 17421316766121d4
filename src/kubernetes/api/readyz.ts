import type { KubernetesApi } from './kubernetes-api.ts';

/**
 * GET /readyz. Answers when the API is ready for requests.
 *
 * @throws KubernetesError with the status 500 and the names of the checks that did not pass while it is not.
 */
export async function readyz(api: KubernetesApi, signal?: AbortSignal): Promise<void> {
  await api.text('/readyz', { doing: 'Asking the Kubernetes API whether it is ready', signal });
}
