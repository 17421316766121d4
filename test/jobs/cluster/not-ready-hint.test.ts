import { describe, expect, it } from 'vitest';
import { notReadyHint } from '../../../jobs/cluster/not-ready-hint.ts';
import type { ClusterHealth, PodHealth } from '../../../src/clusters/health.ts';

function healthOf(pods: readonly Partial<PodHealth>[], ready = true): ClusterHealth {
  const pod: PodHealth = { name: 'dns', ready: '0/1', status: 'Pending', restarts: 0, node: 'a' };
  return {
    seenBy: 'api',
    at: 0,
    nodes: [{ name: 'a', role: 'node', ready, version: 'v1.34.2', address: '10.0.0.5' }],
    pods: pods.map((state) => ({ ...pod, ...state })),
  };
}

describe('what to do about a cluster that does not get ready', () => {
  it.each([
    ['an image cannot be fetched', healthOf([{ status: 'ImagePullBackOff' }], false), 'Servers cannot fetch an image'],
    ['nor for an init container', healthOf([{ status: 'Init:ErrImagePull' }]), 'Servers cannot fetch an image'],
    [
      'a pod falls over',
      healthOf([{ name: 'dns', status: 'CrashLoopBackOff' }]),
      'kubectl logs --namespace kube-system dns --previous',
    ],
    ['a pod has started again and again', healthOf([{ status: 'Running', restarts: 9 }]), 'kubectl logs'],
    ['a node is not ready', healthOf([{ status: 'Pending' }], false), 'network plugin'],
    ['a pod just waits', healthOf([{ status: 'Pending' }]), 'kubectl describe pod'],
    ['a server is missing and all others are well', healthOf([]), '/var/log/slipway-boot.log'],
  ])('when %s', (_, health, hint) => {
    expect(notReadyHint(health)).toContain(hint);
  });
});
