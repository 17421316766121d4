import type { Deployment } from './deployment.ts';
import { stackName } from './names.ts';
import type { Action } from './steps.ts';

/** What is known of a cluster between deployments. Heat is the truth; this is the copy that answers quickly. */
export interface Cluster {
  readonly name: string;
  /** Entry of clouds.yaml that its stack is in; undefined means the OS_* environment. */
  readonly cloud?: string;
  readonly state: 'up' | 'broken';
  /** The deployment that made it. */
  readonly deployment: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly version: string;
  readonly stack: string;
  readonly apiUrl: string;
  readonly nodes: readonly string[];
  /** Milliseconds since the epoch at which it came to this state. */
  readonly since: number;
  /** Milliseconds since the epoch at which Heat was last seen to say this, where that is later. */
  readonly seenAt?: number;
  /** What was begun with it since it is up, and came to no end. It runs nevertheless. */
  readonly unfinished?: Exclude<Action, 'up' | 'down'>;
  /** Milliseconds since the epoch at which it is torn down; undefined for one that stays. */
  readonly expiresAt?: number;
}

/**
 * What a deployment that has just ended did to its cluster: the new record, that it is gone, or nothing at all. `known` is
 * what the records have of the cluster now.
 */
export function clusterAfter(deployment: Deployment, known?: Cluster): Cluster | 'gone' | undefined {
  const { action, state, steps } = deployment;
  if (action === 'down') return state === 'succeeded' ? 'gone' : undefined;
  if (action === 'up') return (steps.stack?.attempt ?? 0) === 0 ? undefined : recordOf(deployment);
  return changed(deployment, known);
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

/**
 * A cluster that was up goes on being up, with what has become of it. What was not finished may have left it otherwise
 * than it was: then nothing says that Heat was seen, so that it is looked at anew.
 */
function changed({ action, state, before, steps, round, finishedAt }: Deployment, known = before): Cluster | undefined {
  if (before === undefined || known?.deployment !== before.deployment || round === 0) return undefined;
  if (action === 'up' || action === 'down') return undefined;
  const { unfinished: _, seenAt: _seen, ...rest } = known;
  const nodes = steps.resize?.result?.nodes ?? known.nodes;
  const version = steps.upgrade?.result?.version ?? known.version;
  return state === 'succeeded'
    ? { ...rest, nodes, version, seenAt: finishedAt ?? known.since }
    : { ...rest, nodes, version, unfinished: action };
}

/** The record with the end that the deployment which made the cluster has for it by now. */
export function withExpiryOf(known: Cluster, { expiry }: Deployment): Cluster {
  const { expiresAt: _, ...rest } = known;
  return { ...rest, ...(expiry && { expiresAt: expiry.until }) };
}
