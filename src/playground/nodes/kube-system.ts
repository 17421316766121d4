import { createHash } from 'node:crypto';
import { type BootedNode, type ClusterSettings, isNetworkReady } from './booted-node.ts';

/** A pod of kube-system as far as anybody asks. */
export interface SystemPod {
  readonly name: string;
  readonly containers: readonly string[];
  /** What runs it: the kubelet by itself from a file, a DaemonSet on each node, or a ReplicaSet wherever there is room. */
  readonly owner: 'Node' | 'DaemonSet' | 'ReplicaSet';
  /** Undefined while no node was found for it. */
  readonly node?: BootedNode;
}

const networkPods: Readonly<Record<string, { name: string; containers: string[] }>> = {
  flannel: { name: 'kube-flannel-ds', containers: ['kube-flannel'] },
  calico: { name: 'calico-node', containers: ['calico-node'] },
  cilium: { name: 'cilium', containers: ['cilium-agent'] },
};
const staticPods = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const csiSidecars = ['csi-attacher', 'csi-provisioner', 'csi-snapshotter', 'csi-resizer', 'liveness-probe'];

/** The pods that kubeadm and the addons of such a cluster would have running on these nodes. */
export function kubeSystemPods(nodes: readonly BootedNode[], settings: ClusterSettings): SystemPod[] {
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane');
  const network = networkPods[settings.cni];
  return [
    ...controlPlanes.flatMap((node) =>
      staticPods.map((name) => ({ name: `${name}-${node.name}`, containers: [name], owner: 'Node' as const, node })),
    ),
    ...onEach(nodes, 'kube-proxy', ['kube-proxy']),
    ...(network ? onEach(nodes, network.name, network.containers) : []),
    ...coreDns(nodes, settings),
    ...(settings.cloud_provider ? cloudProviderPods(controlPlanes) : []),
    ...(settings.cinder_csi ? csiPods(nodes) : []),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function cloudProviderPods(controlPlanes: readonly BootedNode[]): SystemPod[] {
  return onEach(controlPlanes, 'openstack-cloud-controller-manager', ['openstack-cloud-controller-manager']);
}

function csiPods(nodes: readonly BootedNode[]): SystemPod[] {
  const plugin = 'cinder-csi-plugin';
  return [
    ...replicas(1, 'openstack-cinder-csi-controllerplugin', [...csiSidecars, plugin], nodes),
    ...onEach(nodes, 'openstack-cinder-csi-nodeplugin', ['node-driver-registrar', 'liveness-probe', plugin]),
  ];
}

function coreDns(nodes: readonly BootedNode[], settings: ClusterSettings): SystemPod[] {
  return replicas(2, 'coredns', ['coredns'], isNetworkReady(settings) ? nodes : []);
}

/** As a DaemonSet does it. */
function onEach(nodes: readonly BootedNode[], name: string, containers: readonly string[]): SystemPod[] {
  const owner = 'DaemonSet';
  return nodes.map((node) => ({ name: `${name}-${podSuffix(`${name} ${node.name}`, 5)}`, containers, owner, node }));
}

/** As a Deployment does it. Those that kubeadm makes may run on control planes as well. */
function replicas(
  count: number,
  name: string,
  containers: readonly string[],
  nodes: readonly BootedNode[],
): SystemPod[] {
  return Array.from({ length: count }, (_each, index) => {
    const node = nodes[index % Math.max(nodes.length, 1)];
    const unique = `${name}-${podSuffix(name, 10)}-${podSuffix(`${name} ${index}`, 5)}`;
    return { name: unique, containers, owner: 'ReplicaSet', ...(node && { node }) };
  });
}

/** Kubernetes makes suffixes of these characters at random; here the same pod has the same one whenever asked. */
export function podSuffix(of: string, length: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const digest = createHash('sha256').update(of).digest().subarray(0, length);
  return [...digest].map((byte) => alphabet[byte % alphabet.length]).join('');
}
