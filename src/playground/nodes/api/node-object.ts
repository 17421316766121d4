import { type BootedNode, type ClusterSettings, isNetworkReady } from '../booted-node.ts';
import type { ApiObject } from './collection.ts';

/** A Node object, cut down to what tells something. */
export function nodeObject(
  { name, role, version, address, joinedAt }: BootedNode,
  settings: ClusterSettings,
  cordoned: boolean,
): ApiObject {
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    ...(role === 'control-plane' ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
  };
  const since = joinedAt.toISOString();
  return {
    metadata: { name, labels, creationTimestamp: since },
    spec: cordoned ? cordonedSpec : {},
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', lastTransitionTime: since, ...readiness(settings) }],
      nodeInfo: { kubeletVersion: version, operatingSystem: 'linux', architecture: 'amd64' },
    },
  };
}

/** The node controller adds the taint when a node becomes unschedulable. */
const cordonedSpec = {
  unschedulable: true,
  taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
};

function readiness(settings: ClusterSettings): { status: string; reason: string; message: string } {
  if (isNetworkReady(settings)) {
    return { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  }
  return {
    status: 'False',
    reason: 'KubeletNotReady',
    message:
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  };
}
