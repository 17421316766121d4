/** One server of a cluster, as Kubernetes sees it. */
export interface NodeHealth {
  readonly name: string;
  readonly role: 'control-plane' | 'node';
  readonly ready: boolean;
  /** Why it is not. */
  readonly reason?: string;
  /** Of its kubelet. */
  readonly version: string;
  /** In the cluster's network. */
  readonly address: string;
}

/** One pod, in the columns of `kubectl get pods`. */
export interface PodHealth {
  readonly name: string;
  /** Containers that are ready, and all: `1/1`. */
  readonly ready: string;
  readonly status: string;
  readonly restarts: number;
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

/** What was seen of a cluster from inside Kubernetes. */
export interface ClusterHealth {
  /** Who saw it: this worker at the Kubernetes API, or the control plane, which left a report in Swift. */
  readonly seenBy: 'api' | 'report';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly nodes: readonly NodeHealth[];
  /** Those of kube-system. */
  readonly pods: readonly PodHealth[];
}

/** What a cluster lacks, in words, until it has that many nodes and all of them and all pods are well. Empty then. */
export function healthProblems({ nodes, pods }: Pick<ClusterHealth, 'nodes' | 'pods'>, servers: number): string[] {
  const ready = nodes.filter((node) => node.ready).length;
  const waiting = pods.filter((pod) => !isWell(pod));
  return [
    ...(ready < servers ? [`${ready} of ${servers} nodes ready`] : []),
    ...(pods.length === 0 ? ['no pods in kube-system yet'] : []),
    ...(waiting.length > 0 ? [`${pods.length - waiting.length} of ${pods.length} pods running`] : []),
  ];
}

/** True for a pod that runs with all its containers, or has done what it was for. */
export function isWell({ ready, status }: PodHealth): boolean {
  if (status === 'Completed') return true;
  const [up, all] = ready.split('/');
  return status === 'Running' && up === all;
}
