import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('join-data/files/slipway-report');
  await workshop.standIn('slipway-store', 'cp "$3" "sent.$2"');
  await workshop.standIn('kubectl', 'case "$*" in *nodes*) cat nodes ;; *) cat pods ;; esac');
});

afterEach(() => workshop.remove());

async function report(nodes: readonly unknown[], pods: readonly unknown[]): Promise<Exit> {
  await workshop.write('nodes', JSON.stringify({ items: nodes }));
  await workshop.write('pods', JSON.stringify({ items: pods }));
  return workshop.run('slipway-report', []);
}

async function sent(): Promise<{ nodes: unknown[]; pods: { status: string }[] }> {
  return JSON.parse(await workshop.read('sent.report_put')) as { nodes: unknown[]; pods: { status: string }[] };
}

describe('slipway-report', () => {
  it('tells of nodes what they are and whether they are ready', async () => {
    const status = {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '10.0.0.4' }],
      nodeInfo: { kubeletVersion: 'v1.34.2' },
    };

    const exit = await report(
      [
        { metadata: { name: 'a', labels: { 'node-role.kubernetes.io/control-plane': '' } }, status },
        { metadata: { name: 'b' }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      ],
      [],
    );

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await sent()).toEqual({
      at: expect.stringMatching(/Z$/),
      nodes: [
        { name: 'a', role: 'control-plane', ready: true, version: 'v1.34.2', address: '10.0.0.4' },
        { name: 'b', role: 'node', ready: false, version: '', address: '' },
      ],
      pods: [],
    });
  });

  it('tells of pods how many containers are ready, and how often they were started', async () => {
    const containerStatuses = [
      { ready: true, restartCount: 2, state: { running: {} } },
      { restartCount: 1, state: {} },
    ];

    await report(
      [],
      [
        {
          metadata: { name: 'coredns' },
          spec: { nodeName: 'a', containers: [{}, {}] },
          status: { phase: 'Running', containerStatuses },
        },
      ],
    );

    expect((await sent()).pods).toEqual([{ name: 'coredns', ready: '1/2', status: 'Running', restarts: 3, node: 'a' }]);
  });

  it.each([
    ['Terminating', { phase: 'Running' }, { deletionTimestamp: 'now' }],
    ['Pending', { phase: 'Pending' }, {}],
    ['Evicted', { phase: 'Failed', reason: 'Evicted' }, {}],
    [
      'CrashLoopBackOff',
      { phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      {},
    ],
    ['OOMKilled', { phase: 'Running', containerStatuses: [{ state: { terminated: { reason: 'OOMKilled' } } }] }, {}],
    ['ExitCode:3', { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] }, {}],
    [
      'Init:ImagePullBackOff',
      { phase: 'Pending', initContainerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] },
      {},
    ],
    [
      'Running',
      {
        phase: 'Running',
        initContainerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
        containerStatuses: [{ state: { running: {} } }],
      },
      {},
    ],
  ])('says %s as kubectl does', async (word, status, metadata) => {
    await report([], [{ metadata: { name: 'pod', ...metadata }, spec: { containers: [{}] }, status }]);

    expect((await sent()).pods[0]?.status).toBe(word);
  });

  it('says in a line why there is no report', async () => {
    await workshop.standIn('kubectl', 'echo "The connection to the server 10.123.0.5:6443 was refused" >&2; exit 1');

    const exit = await workshop.run('slipway-report', []);

    expect(exit).toEqual({
      status: 1,
      stdout: '',
      stderr: 'report: The connection to the server 10.123.0.5:6443 was refused\n',
    });
  });
});
