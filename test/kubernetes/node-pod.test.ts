import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { nodePod } from '../../src/kubernetes/node-pod.ts';

function pod(changes: { metadata?: object; status?: object }): V1Pod {
  return { metadata: { namespace: 'shop', name: 'web-1', ...changes.metadata }, status: changes.status ?? {} };
}

function ownedBy(kind: string): object {
  return { ownerReferences: [{ kind, name: 'web', controller: true, apiVersion: 'apps/v1', uid: '1' }] };
}

describe('what becomes of a pod when its node is drained', () => {
  it.each([
    ['one of a ReplicaSet', pod({ metadata: ownedBy('ReplicaSet') }), { whenDrained: 'moves', alone: false }],
    ['one of a DaemonSet', pod({ metadata: ownedBy('DaemonSet') }), { whenDrained: 'stays', alone: false }],
    [
      'one that the kubelet runs from a file',
      pod({ metadata: { annotations: { 'kubernetes.io/config.mirror': 'abc' } } }),
      { whenDrained: 'stays' },
    ],
    ['one that nobody would make again', pod({}), { whenDrained: 'moves', alone: true }],
    ['one that has done its work', pod({ status: { phase: 'Succeeded' } }), { whenDrained: 'stays' }],
    ['one that has failed', pod({ status: { phase: 'Failed' } }), { whenDrained: 'stays' }],
    ['one that ends already', pod({ metadata: { deletionTimestamp: new Date() } }), { ending: true }],
  ])('is told of %s', (_, seen, expected) => {
    expect(nodePod(seen)).toMatchObject({ namespace: 'shop', name: 'web-1', ...expected });
  });
});
