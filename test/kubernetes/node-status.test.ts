import type { V1Node } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { nodeStatus } from '../../src/kubernetes/node-status.ts';

const since = { lastHeartbeatTime: new Date(), lastTransitionTime: new Date() };

function node({
  labels = {},
  conditions = [],
}: {
  labels?: Record<string, string>;
  conditions?: object[];
} = {}): V1Node {
  return {
    metadata: { name: 'staging-node-abcde', labels },
    status: {
      addresses: [
        { type: 'Hostname', address: 'staging-node-abcde' },
        { type: 'InternalIP', address: '10.123.0.9' },
      ],
      conditions: conditions.map((condition) => ({ type: '', status: '', ...since, ...condition })),
      nodeInfo: { kubeletVersion: 'v1.34.2' } as NonNullable<NonNullable<V1Node['status']>['nodeInfo']>,
    },
  };
}

describe('nodeStatus', () => {
  it('shows a node that is ready', () => {
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };

    expect(nodeStatus(node({ conditions: [{ type: 'MemoryPressure', status: 'False' }, ready] }))).toEqual({
      name: 'staging-node-abcde',
      role: 'node',
      ready: true,
      version: 'v1.34.2',
      address: '10.123.0.9',
    });
  });

  it.each([
    [
      { status: 'False', reason: 'KubeletNotReady', message: 'cni plugin not initialized' },
      'KubeletNotReady: cni plugin not initialized',
    ],
    [{ status: 'Unknown', reason: 'NodeStatusUnknown' }, 'NodeStatusUnknown'],
    [{ status: 'Unknown' }, 'no reason given'],
  ])('says why a node is not ready: %j', (condition, reason) => {
    expect(nodeStatus(node({ conditions: [{ type: 'Ready', ...condition }] }))).toMatchObject({ ready: false, reason });
  });

  it.each([
    ['node-role.kubernetes.io/control-plane', 'control-plane'],
    ['node-role.kubernetes.io/master', 'control-plane'],
    ['node-role.kubernetes.io/worker', 'node'],
  ])('takes a node with the label %s for a %s', (label, role) => {
    expect(nodeStatus(node({ labels: { [label]: '' } })).role).toBe(role);
  });

  it('makes do with a node of which nothing is known yet', () => {
    expect(nodeStatus({ metadata: { name: 'new' } })).toEqual({
      name: 'new',
      role: 'node',
      ready: false,
      reason: 'its kubelet has not reported yet',
      version: '',
      address: '',
    });
  });
});
