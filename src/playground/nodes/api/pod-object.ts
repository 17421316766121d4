import type { SystemPod } from '../kube-system.ts';
import type { ApiObject } from './collection.ts';

/** A Pod object of kube-system that runs on its node, or waits for one. */
export function podObject({ name, containers, node }: SystemPod): ApiObject {
  const metadata = { name, namespace: 'kube-system' };
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
