import { clusterContainer, clusterObjects } from '../../src/clusters/names.ts';
import { type Kubeconfig, parseKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import type { ClusterQuestion } from '../../src/queue/jobs.ts';

/**
 * What kubeadm's administrator logs in to a cluster with, which the control plane has put into the cluster's container.
 * Undefined while it has not. It stays in this process's memory.
 */
export async function readAdminConf(
  swift: ServiceClient,
  { cluster, deployment }: ClusterQuestion,
  signal: AbortSignal,
): Promise<Kubeconfig | undefined> {
  const { adminConf } = clusterObjects(deployment);
  const text = await findObjectText(swift, clusterContainer(cluster), adminConf, signal);
  return text === undefined ? undefined : parseKubeconfig(text);
}
