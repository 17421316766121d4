import type { KubernetesApi } from './kubernetes-api.ts';

/** GET /version: the version of the API server, such as `v1.34.2`. */
export async function serverVersion(api: KubernetesApi, signal?: AbortSignal): Promise<string> {
  const { gitVersion } = await api.ask({ doing: 'Asking the Kubernetes API for its version', signal }, ({ version }) =>
    version.getCode(),
  );
  return gitVersion;
}
