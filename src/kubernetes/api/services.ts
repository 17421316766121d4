import { everyPage } from './every-page.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { isMissing } from './kubernetes-error.ts';

/** A Service for which the cloud provider makes a load balancer. */
export interface LoadBalancerService {
  readonly namespace: string;
  readonly name: string;
  /** Address or name of the load balancer, once there is one. */
  readonly address?: string;
}

/** GET /api/v1/services, of which those of the type LoadBalancer. */
export async function listLoadBalancerServices(
  api: KubernetesApi,
  signal?: AbortSignal,
): Promise<LoadBalancerService[]> {
  const services = await api.ask({ doing: 'Listing the load balancers of the cluster', signal }, ({ core }) =>
    everyPage((page) => core.listServiceForAllNamespaces(page)),
  );
  return services
    .filter(({ spec }) => spec?.type === 'LoadBalancer')
    .map(({ metadata, status }) => {
      const [ingress] = status?.loadBalancer?.ingress ?? [];
      const address = ingress?.ip ?? ingress?.hostname;
      return {
        namespace: metadata?.namespace ?? '',
        name: metadata?.name ?? '',
        ...(address !== undefined && { address }),
      };
    });
}

/**
 * DELETE /api/v1/namespaces/{namespace}/services/{name}. It is listed until the cloud provider has removed the load
 * balancer. One that is gone already is a success.
 */
export async function deleteService(
  api: KubernetesApi,
  { namespace, name }: Pick<LoadBalancerService, 'namespace' | 'name'>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await api.ask({ doing: `Deleting the Service ${namespace}/${name}`, signal }, ({ core }) =>
      core.deleteNamespacedService({ namespace, name }),
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
