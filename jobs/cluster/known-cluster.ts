import type { CloudChoice } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { DeployError } from '../../src/errors.ts';
import type { ClusterQuestion } from '../../src/queue/jobs.ts';
import type { Tools } from '../run.ts';

/** Where a cluster is: what has to be known before its Kubernetes can be asked anything. */
export interface KnownCluster extends ClusterQuestion {
  /** The clouds with its servers and its container. */
  readonly choice: CloudChoice;
  /** Of its Kubernetes API. */
  readonly apiUrl: string;
  /** What made it; undefined where Redis has lost that. */
  readonly maker: Deployment | undefined;
}

/** What of a worker this needs. */
export type KnownClusterTools = Pick<Tools, 'deployments' | 'clusters' | 'choices'>;

/**
 * Where a cluster is, by the deployment that made it: clusters.yaml may name another cloud by now. Where Redis has lost
 * the deployment, the cluster's record, which is made again from Heat, knows the cloud.
 *
 * @throws DeployError when it is not known at all.
 */
export async function findKnownCluster(
  { cluster, deployment }: ClusterQuestion,
  { deployments, clusters, choices }: KnownClusterTools,
): Promise<KnownCluster> {
  const [maker, record] = await Promise.all([deployments.find(deployment), clusters.find(cluster)]);
  const choice =
    maker?.spec ?? (record && (choices.find(({ cloud }) => cloud === record.cloud) ?? { cloud: record.cloud }));
  if (choice === undefined) {
    throw new DeployError('cluster_unknown', `Nothing is known of ${cluster} any more`, {
      hint: 'Redis has lost it; once a worker of the queue upkeep has looked through the clouds, ask again',
    });
  }
  const apiUrl = maker?.steps.stack?.result?.apiUrl ?? record?.apiUrl ?? '';
  return { cluster, deployment, choice, apiUrl, maker };
}
