import type { V1Node } from '@kubernetes/client-node';

/** A node of a cluster, as far as it tells whether the cluster is well. */
export interface NodeStatus {
  readonly name: string;
  readonly role: 'control-plane' | 'node';
  readonly ready: boolean;
  /** Why it is not ready, in the kubelet's words. */
  readonly reason?: string;
  /** The kubelet's version: `v1.34.2`. */
  readonly version: string;
  /** Its private address; empty until the kubelet, or the cloud provider, has told it. */
  readonly address: string;
  /** Set where no new pod may come to it. */
  readonly cordoned?: true;
}

/** kubeadm's label; `master` was its name up to Kubernetes 1.23. */
const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** What a Node object says. https://kubernetes.io/docs/reference/node/node-status/ */
export function nodeStatus({ metadata, spec, status }: V1Node): NodeStatus {
  const labels = metadata?.labels ?? {};
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  const ready = condition?.status === 'True';
  return {
    name: metadata?.name ?? '',
    role: controlPlaneLabels.some((label) => label in labels) ? 'control-plane' : 'node',
    ready,
    ...(!ready && { reason: reasonOf(condition) }),
    version: status?.nodeInfo?.kubeletVersion ?? '',
    address: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    ...(spec?.unschedulable === true && { cordoned: true }),
  };
}

function reasonOf(condition: { reason?: string; message?: string } | undefined): string {
  if (condition === undefined) return 'its kubelet has not reported yet';
  return [condition.reason, condition.message].filter(Boolean).join(': ') || 'no reason given';
}
