import { describe, expect, it } from 'vitest';
import { canRetry, markGone } from '../../src/clusters/decisions.ts';
import type { DeploymentEvent, DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { EventRefusedError, reduce } from '../../src/clusters/reducer.ts';
import { approvedStaging, deploymentAfter, requestedStaging, stagingSpec } from '../support/fixtures.ts';

const planned: DeploymentEventBody = { type: 'planned', plan: { lines: [], warnings: [] } };
const failure = { message: 'No', code: 'no' };

function apply(history: readonly DeploymentEventBody[], body: DeploymentEventBody) {
  return reduce(deploymentAfter(...history), { ...body, at: 99_000 } as DeploymentEvent);
}

describe('the life of a deployment', () => {
  it.each<[string, DeploymentEventBody[]]>([
    ['requested', [requestedStaging]],
    ['planned', [requestedStaging, planned]],
    ['awaiting-approval', [requestedStaging, planned, { type: 'approval-requested', until: 1 }]],
    ['queued', [...approvedStaging]],
    ['running', [...approvedStaging, { type: 'step-started', step: 'build', attempt: 1 }]],
    ['denied', [requestedStaging, planned, { type: 'approval-requested', until: 1 }, { type: 'denied', by: 'U1' }]],
    ['expired', [requestedStaging, planned, { type: 'approval-requested', until: 1 }, { type: 'expired' }]],
    ['failed', [requestedStaging, { type: 'failed', failure }]],
    ['cancelled', [requestedStaging, { type: 'cancelled', by: 'U1' }]],
    ['cancelled', [...approvedStaging, { type: 'cancelled', by: 'U1' }]],
  ])('is %s', (state, history) => {
    expect(deploymentAfter(...history).state).toBe(state);
  });

  it('begins with every step of its action waiting', () => {
    const { steps } = deploymentAfter(requestedStaging);

    expect(Object.keys(steps)).toEqual(['build', 'publish', 'image', 'keypair', 'credential', 'stack', 'verify']);
    expect(Object.values(steps).every((step) => step.state === 'waiting')).toBe(true);
  });

  it('has neither an end nor another try once its cluster is gone', () => {
    const failed = [...approvedStaging, { type: 'failed', failure }] as const;

    const gone = apply(failed, { type: 'gone' });

    expect(gone).toMatchObject({ state: 'failed', goneAt: 99_000 });
    expect(gone.expiry).toBeUndefined();
    expect(canRetry(deploymentAfter(...failed))).toBe(true);
    expect(canRetry(gone)).toBe(false);
    expect(markGone()(deploymentAfter(...failed))).toEqual([{ type: 'gone' }]);
    expect(markGone()(gone)).toEqual([]);
    expect(() => apply(approvedStaging, { type: 'gone' })).toThrow(EventRefusedError);
  });

  it('keeps who denied it, and why', () => {
    const waiting = [requestedStaging, planned, { type: 'approval-requested', until: 1 }] as const;

    expect(apply(waiting, { type: 'denied', by: 'U1', reason: 'no' })).toMatchObject({
      deniedBy: 'U1',
      deniedBecause: 'no',
    });
    expect(apply(waiting, { type: 'denied', by: 'U1' })).not.toHaveProperty('deniedBecause');
  });

  it('keeps who cancelled it, and when', () => {
    expect(apply(approvedStaging, { type: 'cancelled', by: 'U1' })).toMatchObject({
      cancelledBy: 'U1',
      finishedAt: 99_000,
    });
  });

  it('refuses everything once it is over, so that nothing brings it back', () => {
    const over = [...approvedStaging, { type: 'failed', failure }] as const;

    expect(() => apply(over, { type: 'step-started', step: 'build', attempt: 1 })).toThrow(EventRefusedError);
    expect(() => apply(over, { type: 'queued', round: 2 })).toThrow('comes too late');
  });

  it('refuses an approval that nobody waits for', () => {
    expect(() => apply([requestedStaging], { type: 'approved', by: 'U0PLATFORM' })).toThrow('cannot happen now');
  });
});

describe('a request that was changed', () => {
  const spec = { ...stagingSpec, nodes: { ...stagingSpec.nodes, count: 3 } };
  const changed: DeploymentEventBody = { type: 'changed', by: 'U1', spec, changes: [] };
  const waiting: DeploymentEventBody[] = [
    requestedStaging,
    planned,
    { type: 'approval-requested', until: 1 },
    { type: 'approved', by: 'U0PLATFORM' },
    { type: 'reminded', leftMs: 1 },
  ];

  it('is as if it had been asked for so, under another number', () => {
    const deployment = apply(waiting, changed);

    expect(deployment).toMatchObject({ state: 'requested', spec, approvals: [], revision: 1, changedBy: 'U1' });
    for (const gone of ['plan', 'approvalUntil', 'remindedAt']) expect(deployment).not.toHaveProperty(gone);
    expect(apply([...waiting, changed, ...waiting.slice(1, 3)], { ...changed, by: 'U2' })).toMatchObject({
      revision: 2,
      changedBy: 'U2',
    });
  });

  it('cannot be one that is decided already', () => {
    expect(() => apply(approvedStaging, changed)).toThrow('cannot happen now');
    expect(() => apply([...waiting, { type: 'denied', by: 'U1' }], changed)).toThrow('comes too late');
  });
});

describe('the attempts of a step', () => {
  const started: DeploymentEventBody[] = [...approvedStaging, { type: 'step-started', step: 'build', attempt: 1 }];

  it('keeps the time of the first attempt and counts up', () => {
    const first = deploymentAfter(...started);
    const second = reduce(first, { type: 'step-started', step: 'build', attempt: 2, at: 99_000 });

    expect(second.steps.build).toMatchObject({ attempt: 2, startedAt: first.steps.build?.startedAt });
  });

  it('refuses what a superseded attempt says', () => {
    const superseded: DeploymentEventBody[] = [...started, { type: 'step-started', step: 'build', attempt: 2 }];

    expect(() =>
      apply(superseded, { type: 'step-progress', step: 'build', attempt: 1, progress: { text: 'still here' } }),
    ).toThrow('has been superseded');
  });

  it('refuses an attempt that skips a number, since another process was quicker', () => {
    expect(() => apply(started, { type: 'step-started', step: 'build', attempt: 3 })).toThrow(EventRefusedError);
  });

  it('keeps progress and the place in the source of events', () => {
    const { steps } = apply(started, {
      type: 'step-progress',
      step: 'build',
      attempt: 1,
      progress: { text: 'half', done: 1, total: 2 },
      marker: 'event-7',
    });

    expect(steps.build).toMatchObject({ progress: { text: 'half', done: 1, total: 2 }, marker: 'event-7' });
  });

  it('refuses a step that the action does not have', () => {
    expect(() => apply(started, { type: 'step-started', step: 'delete-stack', attempt: 1 })).toThrow('has no step');
  });
});
