import { describe, expect, it } from 'vitest';
import {
  type ClusterHealth,
  countsOf,
  cutHealth,
  healthProblems,
  healthProgress,
  isUp,
  isWell,
  type NodeHealth,
  type PodHealth,
  whatIsMissing,
} from '../../src/clusters/health.ts';

function node(name: string, ready = true, reason?: string): NodeHealth {
  return { name, role: 'node', ready, version: 'v1.34.2', address: '10.123.0.7', ...(reason && { reason }) };
}

function pod(name: string, state: Partial<PodHealth> = {}): PodHealth {
  return { name, ready: '1/1', status: 'Running', restarts: 0, node: 'a', ...state };
}

function healthOf(nodes: readonly NodeHealth[], pods: readonly PodHealth[]): ClusterHealth {
  return { seenBy: 'api', at: 0, nodes, pods };
}

describe('a pod', () => {
  it.each([
    ['runs with all its containers', pod('a'), true],
    ['runs without one of them', pod('a', { ready: '1/2' }), false],
    ['has done what it was for', pod('a', { status: 'Completed', ready: '0/1' }), true],
    ['is being ended, though its containers still run', pod('a', { status: 'Terminating' }), false],
    ['falls over again and again', pod('a', { status: 'CrashLoopBackOff', ready: '0/1' }), false],
  ])('that %s is well or not', (_, state, well) => {
    expect(isWell(state)).toBe(well);
  });
});

describe('a cluster without a network plugin', () => {
  const unready = healthOf([node('a', false), node('b', false)], [pod('coredns', { status: 'Pending', ready: '0/1' })]);

  it('is up when every server has joined, since no node becomes ready before people bring a network', () => {
    expect(isUp(unready, { servers: 2, network: false })).toBe(true);
    expect(isUp(unready, { servers: 3, network: false })).toBe(false);
    expect(isUp(unready, { servers: 2, network: true })).toBe(false);
  });
});

describe('what a cluster lacks', () => {
  it('is nothing when every server is a node that is ready, and every pod is well', () => {
    expect(healthProblems(healthOf([node('a'), node('b')], [pod('dns')]), 2)).toEqual([]);
  });

  it.each([
    ['servers that have not joined', healthOf([node('a')], [pod('dns')]), 3, ['1 of 3 nodes ready'], 1, 3],
    [
      'nodes that are not ready',
      healthOf([node('a'), node('b', false)], [pod('dns')]),
      2,
      ['1 of 2 nodes ready'],
      1,
      2,
    ],
    [
      'a node more than was asked for, which is not ready',
      healthOf([node('a'), node('b', false)], [pod('c')]),
      1,
      ['1 of 2 nodes ready'],
      1,
      2,
    ],
    ['pods', healthOf([node('a')], [pod('dns'), pod('proxy', { ready: '0/1' })]), 1, ['1 of 2 pods running'], 1, 2],
    ['every pod', healthOf([node('a')], []), 1, ['no pods in kube-system yet'], undefined, undefined],
    [
      'both',
      healthOf([], [pod('dns', { status: 'Pending', ready: '0/1' })]),
      1,
      ['0 of 1 nodes ready', '0 of 1 pods running'],
      0,
      1,
    ],
  ])('is said in words and as a number: %s', (_, health, servers, problems, done, total) => {
    expect(healthProblems(health, servers)).toEqual(problems);
    expect(healthProgress(health, servers)).toEqual({
      text: problems.join(', '),
      ...(done !== undefined && { done, total }),
    });
  });

  it('is told by name, with what is known of why', () => {
    const health = healthOf(
      [node('cp'), node('worker-a', false, 'KubeletNotReady: cni plugin not initialized')],
      [
        pod('coredns-1', { status: 'Pending', ready: '0/1', node: '' }),
        pod('flannel-1', { status: 'CrashLoopBackOff', ready: '0/1', restarts: 7, node: 'worker-a' }),
        pod('proxy-1'),
      ],
    );

    expect(whatIsMissing(health, { count: 5, names: ['worker-a', 'worker-b'] })).toEqual([
      'worker-b has not joined',
      '2 more servers have not joined',
      'node worker-a is not ready: KubeletNotReady: cni plugin not initialized',
      'pod coredns-1: Pending, 0/1 ready',
      'pod flannel-1: CrashLoopBackOff, 0/1 ready, 7 restarts, on worker-a',
    ]);
  });
});

describe('health that is kept', () => {
  it('is whole, and by name, while there is little of it', () => {
    const kept = cutHealth(healthOf([node('b'), node('a')], [pod('z'), pod('y')]));

    expect(kept.nodes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(kept.pods.map(({ name }) => name)).toEqual(['y', 'z']);
    expect(kept.counts).toBeUndefined();
  });

  it('leaves out what is well first, and goes on counting all', () => {
    const pods = Array.from({ length: 100 }, (_, index) => pod(`pod-${String(index).padStart(3, '0')}`));
    const ill = pod('zz-ill', { ready: '0/1' });

    const kept = cutHealth(healthOf([node('a')], [...pods, ill]));

    expect(kept.pods).toHaveLength(60);
    expect(kept.pods.at(-1)).toEqual(ill);
    expect(countsOf(kept)).toEqual({ nodes: 1, readyNodes: 1, pods: 101, wellPods: 100 });
    expect(healthProblems(kept, 1)).toEqual(['100 of 101 pods running']);
  });
});
