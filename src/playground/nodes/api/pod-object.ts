import type { SystemPod } from '../kube-system.ts';
import type { ApiObject, ObjectMeta } from './collection.ts';

/** A Pod object of kube-system that runs on its node, or waits for one. */
export function podObject({ name, containers, owner, node }: SystemPod): ApiObject {
  const metadata = { name, namespace: 'kube-system', ...ownership(name, owner, node?.name) };
  const spec = { containers: containers.map((container) => ({ name: container })) };
  if (node === undefined) {
    const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
    return { metadata, spec, status: { phase: 'Pending', conditions: [unscheduled] } };
  }
  const startedAt = node.joinedAt.toISOString();
  return {
    metadata: { ...metadata, creationTimestamp: startedAt },
    spec: { ...spec, nodeName: node.name },
    status: {
      phase: 'Running',
      startTime: startedAt,
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: containers.map((container) => ({
        name: container,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt } },
      })),
    },
  };
}

/** Who made it; the kubelet marks what it shows of a pod that it runs from a file. */
function ownership(name: string, kind: SystemPod['owner'], node = ''): Partial<ObjectMeta> {
  const owner = kind === 'Node' ? node : name.slice(0, name.lastIndexOf('-'));
  const apiVersion = kind === 'Node' ? 'v1' : 'apps/v1';
  return {
    ownerReferences: [{ apiVersion, kind, name: owner, uid: owner, controller: true }],
    ...(kind === 'Node' && { annotations: { 'kubernetes.io/config.mirror': name } }),
  };
}
