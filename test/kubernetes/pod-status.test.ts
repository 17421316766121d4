import type { V1ContainerStatus, V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { podStatus } from '../../src/kubernetes/pod-status.ts';

const startedAt = new Date('2026-03-01T12:00:00Z');
const running: Partial<V1ContainerStatus> = { ready: true, started: true, state: { running: { startedAt } } };
const done = ended({ exitCode: 0, reason: 'Completed' });
const initialized = { type: 'Initialized', status: 'True' };

function waiting(reason: string): Partial<V1ContainerStatus> {
  return { state: { waiting: { reason } } };
}

function ended(terminated: { exitCode: number; reason?: string; signal?: number }): Partial<V1ContainerStatus> {
  return { state: { terminated } };
}

function containers(...statuses: Partial<V1ContainerStatus>[]): V1ContainerStatus[] {
  return statuses.map((status, index) => ({
    name: `c${index}`,
    image: '',
    imageID: '',
    ready: false,
    restartCount: 0,
    ...status,
  }));
}

interface Given {
  readonly phase?: string;
  readonly main?: readonly Partial<V1ContainerStatus>[];
  readonly init?: readonly Partial<V1ContainerStatus>[];
  /** Positions of init containers that go on running. */
  readonly sidecars?: readonly number[];
  readonly status?: V1PodStatus;
  readonly deleted?: boolean;
}

function pod({ phase = 'Running', main = [], init = [], sidecars = [], status = {}, deleted }: Given): V1Pod {
  return {
    metadata: { name: 'web-1', ...(deleted && { deletionTimestamp: startedAt }) },
    spec: {
      nodeName: 'node-1',
      containers: main.length === 0 ? [{ name: 'c0' }] : main.map((_each, index) => ({ name: `c${index}` })),
      initContainers: init.map((_each, index) => ({
        name: `c${index}`,
        ...(sidecars.includes(index) && { restartPolicy: 'Always' }),
      })),
    },
    status: {
      phase,
      containerStatuses: containers(...main),
      ...(init.length > 0 && { initContainerStatuses: containers(...init) }),
      ...status,
    },
  };
}

describe('podStatus', () => {
  it.each<[string, Given, string]>([
    ['runs', { main: [running] }, '1/1 Running 0'],
    ['has not been scheduled', { phase: 'Pending' }, '0/1 Pending 0'],
    ['is being created', { phase: 'Pending', main: [waiting('ContainerCreating')] }, '0/1 ContainerCreating 0'],
    [
      'cannot get its image',
      { phase: 'Pending', main: [running, waiting('ImagePullBackOff')] },
      '1/2 ImagePullBackOff 0',
    ],
    [
      'crashes again and again',
      { main: [{ ...waiting('CrashLoopBackOff'), restartCount: 7 }] },
      '0/1 CrashLoopBackOff 7',
    ],
    ['runs but is not ready', { main: [{ ...running, ready: false }] }, '0/1 Running 0'],
    ['is through', { phase: 'Succeeded', main: [done] }, '0/1 Completed 0'],
    ['has failed', { phase: 'Failed', main: [ended({ exitCode: 1, reason: 'Error' })] }, '0/1 Error 0'],
    ['was killed without a reason', { phase: 'Failed', main: [ended({ exitCode: 137, signal: 9 })] }, '0/1 Signal:9 0'],
    ['ended without a reason', { phase: 'Failed', main: [ended({ exitCode: 3 })] }, '0/1 ExitCode:3 0'],
    ['was evicted', { phase: 'Failed', status: { reason: 'Evicted' } }, '0/1 Evicted 0'],
    ['is half through and not ready', { main: [done, running] }, '1/2 NotReady 0'],
    [
      'is half through and ready',
      { main: [done, running], status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      '1/2 Running 0',
    ],
    [
      'has two containers in trouble',
      { main: [waiting('ErrImagePull'), waiting('CrashLoopBackOff')] },
      '0/2 ErrImagePull 0',
    ],
    [
      'waits for its first init container',
      { phase: 'Pending', init: [waiting('PodInitializing'), {}] },
      '0/1 Init:0/2 0',
    ],
    ['waits for its second init container', { phase: 'Pending', init: [done, running] }, '0/1 Init:1/2 0'],
    [
      'has an init container that crashes',
      { phase: 'Pending', init: [done, { ...waiting('CrashLoopBackOff'), restartCount: 4 }] },
      '0/1 Init:CrashLoopBackOff 4',
    ],
    [
      'has an init container that failed',
      { phase: 'Pending', init: [ended({ exitCode: 1, reason: 'Error' })] },
      '0/1 Init:Error 0',
    ],
    [
      'has an init container that was killed',
      { phase: 'Pending', init: [ended({ exitCode: 1, signal: 15 })] },
      '0/1 Init:Signal:15 0',
    ],
    ['has an init container that ended', { phase: 'Pending', init: [ended({ exitCode: 2 })] }, '0/1 Init:ExitCode:2 0'],
    [
      'counts restarts of init containers no more',
      { init: [{ ...done, restartCount: 3 }], main: [running] },
      '1/1 Running 0',
    ],
    [
      'has a sidecar',
      { init: [{ ...running, restartCount: 2 }], sidecars: [0], main: [{ ...running, restartCount: 1 }] },
      '2/2 Running 3',
    ],
    ['waits for its sidecar', { phase: 'Pending', init: [{ started: false }], sidecars: [0] }, '0/2 Init:0/1 0'],
    [
      'runs while an init container is started again, of which kubectl goes on telling',
      { init: [waiting('PodInitializing')], main: [running], status: { conditions: [initialized] } },
      '1/1 Init:0/1 0',
    ],
    [
      'crashes after it was initialized',
      { init: [{}], main: [waiting('CrashLoopBackOff')], status: { conditions: [initialized] } },
      '0/1 CrashLoopBackOff 0',
    ],
    [
      'is held back by a gate',
      {
        phase: 'Pending',
        status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      },
      '0/1 SchedulingGated 0',
    ],
    ['is being deleted', { main: [running], deleted: true }, '1/1 Terminating 0'],
    ['is being deleted after its end', { phase: 'Succeeded', main: [done], deleted: true }, '0/1 Completed 0'],
    [
      'is being deleted on a node that is lost',
      { main: [running], deleted: true, status: { reason: 'NodeLost' } },
      '1/1 Unknown 0',
    ],
  ])('shows a pod that %s', (_case, given, expected) => {
    const { ready, status, restarts } = podStatus(pod(given));

    expect(`${ready} ${status} ${restarts}`).toBe(expected);
  });

  it('says where it runs and since when', () => {
    expect(podStatus(pod({ main: [running], status: { startTime: startedAt } }))).toMatchObject({
      name: 'web-1',
      node: 'node-1',
      startedAt: startedAt.getTime(),
    });
  });

  it('makes do with a pod of which nothing is known yet', () => {
    expect(podStatus({})).toEqual({ name: '', ready: '0/0', status: 'Unknown', restarts: 0, node: '' });
  });
});
