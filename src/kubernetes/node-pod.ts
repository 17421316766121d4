import type { V1Pod } from '@kubernetes/client-node';

/** A pod on some node, as far as it tells what becomes of it when the node is drained. */
export interface NodePod {
  readonly namespace: string;
  readonly name: string;
  /**
   * `moves`: it is evicted. `stays`: nobody can make it leave its node for good, since a DaemonSet would make it anew
   * there, or the kubelet itself runs it from a file; or it has ended and needs no node.
   */
  readonly whenDrained: 'moves' | 'stays';
  /** It has been told to end. */
  readonly ending: boolean;
  /** Nothing makes it anew elsewhere. */
  readonly alone: boolean;
}

/** The kubelet puts it on what it shows of a pod that it runs from a file. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** What `kubectl drain` goes by. https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/ */
export function nodePod({ metadata, status }: V1Pod): NodePod {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  const mirrored = mirrorAnnotation in (metadata?.annotations ?? {});
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    whenDrained: mirrored || ended || owner?.kind === 'DaemonSet' ? 'stays' : 'moves',
    ending: metadata?.deletionTimestamp !== undefined,
    alone: owner === undefined,
  };
}
