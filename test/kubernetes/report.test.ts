import { describe, expect, it } from 'vitest';
import { DeployError } from '../../src/errors.ts';
import { parseReport } from '../../src/kubernetes/report.ts';

const node = { name: 'staging-cp', role: 'control-plane', ready: true, version: 'v1.34.2', address: '10.123.0.5' };
const pod = { name: 'etcd-staging-cp', ready: '1/1', status: 'Running', restarts: 0, node: 'staging-cp' };
const report = { at: '2026-03-01T12:00:00Z', nodes: [node], pods: [pod] };

describe('parseReport', () => {
  it('reads what a control plane writes', () => {
    expect(parseReport(JSON.stringify(report))).toEqual({
      at: Date.parse('2026-03-01T12:00:00Z'),
      nodes: [node],
      pods: [pod],
    });
  });

  it('knows why a node is not ready, and pods that no node was found for', () => {
    const notReady = { ...node, ready: false, reason: 'KubeletNotReady: cni plugin not initialized' };
    const pending = { ...pod, ready: '0/1', status: 'Pending', node: null };
    const started = { ...pod, startedAt: '2026-03-01T11:00:00+00:00' };

    const { nodes, pods } = parseReport(JSON.stringify({ ...report, nodes: [notReady], pods: [pending, started] }));

    expect(nodes).toEqual([notReady]);
    expect(pods).toEqual([
      { ...pending, node: '' },
      { ...pod, startedAt: Date.parse('2026-03-01T11:00:00Z') },
    ]);
  });

  it('takes over nothing that it does not know, and no text that hides something', () => {
    const strange = { ...pod, status: `Run\u202Ening\u0007${'x'.repeat(500)}`, token: 'secret' };

    const { pods } = parseReport(JSON.stringify({ ...report, pods: [strange] }));

    expect(pods).toEqual([{ ...pod, status: expect.stringMatching(/^Run ning x{51}$/) }]);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['without a time', JSON.stringify({ ...report, at: 'yesterday' })],
    ['of a node with an odd name', JSON.stringify({ ...report, nodes: [{ ...node, name: '<@U1> all' }] })],
    ['of a node with an odd role', JSON.stringify({ ...report, nodes: [{ ...node, role: 'king' }] })],
    ['of a pod with an odd count', JSON.stringify({ ...report, pods: [{ ...pod, ready: 'yes' }] })],
    ['of a pod that restarted less than never', JSON.stringify({ ...report, pods: [{ ...pod, restarts: -1 }] })],
  ])('refuses a text that is %s', (_what, text) => {
    expect(() => parseReport(text)).toThrow(DeployError);
  });
});
