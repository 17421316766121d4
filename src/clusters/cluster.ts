import type { Deployment } from './deployment.ts';
import { stackName } from './names.ts';

/** What is known of a cluster between deployments. Heat is the truth; this is the copy that answers quickly. */
export interface Cluster {
  readonly name: string;
  /** Entry of clouds.yaml that its stack is in; undefined means the OS_* environment. */
  readonly cloud?: string;
  readonly state: 'up' | 'broken';
  readonly deployment: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly version: string;
  readonly stack: string;
  readonly apiUrl: string;
  readonly nodes: readonly string[];
  /** Milliseconds since the epoch at which it came to this state. */
  readonly since: number;
  /** Milliseconds since the epoch at which it is torn down; undefined for one that stays. */
  readonly expiresAt?: number;
}

/** What a deployment that has just ended did to its cluster: the new record, that it is gone, or nothing at all. */
export function clusterAfter(deployment: Deployment): Cluster | 'gone' | undefined {
  if (deployment.action === 'down') return deployment.state === 'succeeded' ? 'gone' : undefined;
  return (deployment.steps.stack?.attempt ?? 0) === 0 ? undefined : recordOf(deployment);
}

function recordOf(deployment: Deployment): Cluster {
  const stack = deployment.steps.stack?.result;
  return {
    name: deployment.cluster,
    ...(deployment.spec.cloud !== undefined && { cloud: deployment.spec.cloud }),
    state: deployment.state === 'succeeded' ? 'up' : 'broken',
    deployment: deployment.id,
    channel: deployment.channel,
    requestedBy: deployment.requestedBy,
    version: deployment.steps.build?.result?.version ?? deployment.spec.kubernetes.version,
    stack: stackName(deployment.cluster),
    apiUrl: stack?.apiUrl ?? '',
    nodes: stack?.nodes ?? [],
    since: deployment.finishedAt ?? deployment.requestedAt,
    ...(deployment.expiry && { expiresAt: deployment.expiry.until }),
  };
}
