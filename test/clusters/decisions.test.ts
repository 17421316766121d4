import { describe, expect, it } from 'vitest';
import {
  approve,
  assertCurrent,
  cancel,
  change,
  deny,
  expire,
  failPlan,
  failStep,
  finishStep,
  passTime,
  recordPlan,
  requeue,
  retry,
  startStep,
} from '../../src/clusters/decisions.ts';
import type { Deployment, DeploymentEvent, DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { EventRefusedError, reduce } from '../../src/clusters/reducer.ts';
import type { StepName } from '../../src/clusters/steps.ts';
import { approvedStaging, deploymentAfter, oneApproval, requestedStaging, stagingSpec } from '../support/fixtures.ts';

const plan = { lines: [], warnings: [] };
const waiting = deploymentAfter(...approvedStaging.slice(0, 3));

function withTerms(terms: Partial<typeof oneApproval>): DeploymentEventBody {
  return { ...requestedStaging, terms: { ...oneApproval, ...terms } } as DeploymentEventBody;
}

function finished(step: StepName): DeploymentEventBody[] {
  return [
    { type: 'step-started', step, attempt: 1 },
    { type: 'step-finished', step, attempt: 1, result: {} } as DeploymentEventBody,
  ];
}

describe('planning', () => {
  it('asks for approval until the policy’s time is over', () => {
    expect(recordPlan(plan, 5_000)(deploymentAfter(requestedStaging))).toEqual([
      { type: 'planned', plan },
      { type: 'approval-requested', until: 3_605_000 },
    ]);
  });

  it('goes straight to the queue where the policy wants no approval', () => {
    expect(recordPlan(plan, 0)(deploymentAfter(withTerms({ count: 0 })))).toEqual([
      { type: 'planned', plan },
      { type: 'queued', round: 1 },
    ]);
  });

  it('does nothing when it is planned already, so that a repeated job is harmless', () => {
    expect(recordPlan(plan, 0)(waiting)).toEqual([]);
  });
});

describe('approving', () => {
  it('queues the deployment with the approval that completes the number', () => {
    expect(approve('U0PLATFORM')(waiting)).toEqual([
      { type: 'approved', by: 'U0PLATFORM' },
      { type: 'queued', round: 1 },
    ]);
  });

  it('waits for the second of two approvers', () => {
    const two = deploymentAfter(withTerms({ count: 2 }), ...approvedStaging.slice(1, 3));

    expect(approve('U1')(two)).toEqual([{ type: 'approved', by: 'U1' }]);
  });

  it('counts one person once', () => {
    const once = deploymentAfter(withTerms({ count: 2 }), ...approvedStaging.slice(1, 3), {
      type: 'approved',
      by: 'U1',
    });

    expect(approve('U1')(once)).toEqual([]);
  });

  it('does nothing for a click that comes late', () => {
    expect(approve('U0PLATFORM')(deploymentAfter(...approvedStaging))).toEqual([]);
    expect(deny('U0PLATFORM')(deploymentAfter(...approvedStaging))).toEqual([]);
  });

  it('expires when the time is over, and not before', () => {
    expect(expire(3_599_999)(waiting)).toEqual([]);
    expect(expire(3_600_000)(waiting)).toEqual([{ type: 'expired' }]);
  });
});

describe('changing what waits for approval', () => {
  const larger = { ...stagingSpec, nodes: { ...stagingSpec.nodes, count: 3 } };
  const changed: DeploymentEventBody = {
    type: 'changed',
    by: 'U1',
    spec: larger,
    changes: [{ what: 'nodes', from: 1, to: 3 }],
  };
  const asked = deploymentAfter(...approvedStaging.slice(0, 3), changed);
  const waitingAnew = deploymentAfter(
    ...approvedStaging.slice(0, 3),
    changed,
    { type: 'planned', plan },
    { type: 'approval-requested', until: 7_200_000 },
  );

  it('says what is asked for otherwise', () => {
    expect(change('U1', larger, 0)(waiting)).toEqual([changed]);
  });

  it('does nothing for what is the same, was changed since, or does not wait', () => {
    expect(change('U1', stagingSpec, 0)(waiting)).toEqual([]);
    expect(change('U1', stagingSpec, 0)(waitingAnew)).toEqual([]);
    expect(change('U1', larger, 0)(deploymentAfter(requestedStaging))).toEqual([]);
    expect(change('U1', larger, 0)(deploymentAfter(...approvedStaging))).toEqual([]);
  });

  it('drops the plan of what was asked for before, and its failure', () => {
    expect(recordPlan(plan, 0)(asked)).toEqual([]);
    expect(failPlan({ message: 'No', code: 'no' })(asked)).toEqual([]);
    expect(recordPlan(plan, 0, 1)(asked)).toHaveLength(2);
    expect(failPlan({ message: 'No', code: 'no' }, 1)(asked)).toHaveLength(1);
  });

  it('leaves no decision standing that was taken about what was asked for before', () => {
    expect(approve('U0PLATFORM')(waitingAnew)).toEqual([]);
    expect(deny('U0PLATFORM')(waitingAnew)).toEqual([]);
    expect(approve('U0PLATFORM', 1)(waitingAnew)).toHaveLength(2);
    expect(deny('U0PLATFORM', { revision: 1, reason: 'no' })(waitingAnew)).toEqual([
      { type: 'denied', by: 'U0PLATFORM', reason: 'no' },
    ]);
  });
});

describe('the time for an approval', () => {
  it('is told of once, when half of it is over', () => {
    const reminded = deploymentAfter(...approvedStaging.slice(0, 3), { type: 'reminded', leftMs: 1 });

    expect(passTime(1_799_999)(waiting)).toEqual([]);
    expect(passTime(1_800_000)(waiting)).toEqual([{ type: 'reminded', leftMs: 1_800_000 }]);
    expect(passTime(3_599_999)(waiting)).toEqual([{ type: 'reminded', leftMs: 1 }]);
    expect(passTime(1_800_000)(reminded)).toEqual([]);
  });

  it('is over without a reminder that would come too late', () => {
    expect(passTime(3_600_000)(waiting)).toEqual([{ type: 'expired' }]);
    expect(passTime(1_800_000)(deploymentAfter(...approvedStaging))).toEqual([]);
  });
});

describe('steps', () => {
  it('begins the next attempt', () => {
    const running = deploymentAfter(...approvedStaging, { type: 'step-started', step: 'build', attempt: 1 });

    expect(startStep('build')(running)).toEqual([{ type: 'step-started', step: 'build', attempt: 2 }]);
  });

  it('skips a step that is done, so that a flow which is enqueued again does not repeat it', () => {
    expect(startStep('build')(deploymentAfter(...approvedStaging, ...finished('build')))).toEqual([]);
  });

  it('ends the deployment with its last step', () => {
    const others = (['build', 'publish', 'image', 'keypair', 'credential', 'stack'] as const).flatMap(finished);
    const last = deploymentAfter(...approvedStaging, ...others, { type: 'step-started', step: 'verify', attempt: 1 });

    const events = finishStep('verify', 1, { apiUrl: 'https://api' })(last);

    expect(events.map(({ type }) => type)).toEqual(['step-finished', 'succeeded']);
  });

  it('ends a deployment that is older than a step of today, which it does not have', () => {
    const others = (['build', 'publish', 'image', 'keypair', 'stack'] as const).flatMap(finished);
    const last = deploymentAfter(...approvedStaging, ...others, { type: 'step-started', step: 'verify', attempt: 1 });
    const { credential: _, ...steps } = last.steps;

    const events = finishStep('verify', 1, { apiUrl: 'https://api' })({ ...last, steps });

    expect(events.map(({ type }) => type)).toEqual(['step-finished', 'succeeded']);
  });

  it('fails the deployment with the step', () => {
    const failure = { message: 'No', code: 'no' };

    expect(failStep('build', 1, failure).map(({ type }) => type)).toEqual(['step-failed', 'failed']);
  });

  it('counts rounds when the jobs of a running deployment are gone', () => {
    const running = deploymentAfter(...approvedStaging, { type: 'step-started', step: 'build', attempt: 1 });

    expect(requeue(1)(running)).toEqual([{ type: 'queued', round: 2 }]);
    expect(requeue(2)(running)).toEqual([]);
  });

  it('tells an attempt that it has been superseded before it makes anything', () => {
    const second = deploymentAfter(
      ...approvedStaging,
      { type: 'step-started', step: 'build', attempt: 1 },
      { type: 'step-started', step: 'build', attempt: 2 },
    );

    expect(() => assertCurrent(second, 'build', 1)).toThrow('superseded');
    expect(() => assertCurrent(second, 'build', 2)).not.toThrow();
  });
});

describe('cancelling', () => {
  it.each([
    ['requested', [requestedStaging]],
    ['waiting for approval', approvedStaging.slice(0, 3)],
    ['queued', approvedStaging],
    ['running', [...approvedStaging, { type: 'step-started', step: 'build', attempt: 1 } as const]],
  ])('ends a deployment that is %s', (_, history) => {
    expect(cancel('U1')(deploymentAfter(...history))).toEqual([{ type: 'cancelled', by: 'U1' }]);
  });

  it('does nothing once it is over, so that a second click changes nothing', () => {
    expect(cancel('U2')(deploymentAfter(...approvedStaging, { type: 'cancelled', by: 'U1' }))).toEqual([]);
  });

  it('lets no step begin after it', () => {
    const cancelled = deploymentAfter(...approvedStaging, { type: 'cancelled', by: 'U1' });

    expect(() => assertCurrent(cancelled, 'build', 0)).toThrow('superseded');
  });
});

describe('trying again', () => {
  const then = (deployment: Deployment, ...bodies: readonly DeploymentEventBody[]): Deployment =>
    bodies.reduce((state, body) => reduce(state, { ...body, at: 7_000 } as DeploymentEvent), deployment);
  const failure = { message: 'No valid host was found', code: 'stack_failed' };
  const attempt = 1;
  const failed = deploymentAfter(
    ...approvedStaging,
    ...finished('build'),
    { type: 'step-started', step: 'image', attempt },
    { type: 'step-started', step: 'stack', attempt },
    {
      type: 'step-progress',
      step: 'stack',
      attempt,
      progress: { text: '3 of 9 resources' },
      marker: 'stack-1/event-7',
    },
    ...failStep('stack', attempt, failure),
  );

  it('goes on with what is not finished, in a new round and under a new number of the lock', () => {
    const [event] = retry('U0DEVELOPER', 9)(failed);
    const again = then(failed, ...retry('U0DEVELOPER', 9)(failed));

    expect(event).toEqual({ type: 'retried', by: 'U0DEVELOPER', round: 2, fence: 9 });
    expect(again).toMatchObject({ state: 'queued', round: 2, fence: 9, retries: [{ by: 'U0DEVELOPER', at: 7_000 }] });
    expect(again).not.toHaveProperty('failure');
    expect(again).not.toHaveProperty('failedStep');
    expect(again).not.toHaveProperty('finishedAt');
    expect(again.steps.build).toEqual(failed.steps.build);
    expect(again.steps.image).toEqual({ state: 'waiting', attempt });
    expect(again.steps.stack).toEqual({ state: 'waiting', attempt, leftover: 'stack-1/event-7' });
  });

  it('keeps refusing what an attempt of before has to say', () => {
    const again = then(failed, ...retry('U0DEVELOPER', 9)(failed));
    const late: DeploymentEventBody = { type: 'step-finished', step: 'image', attempt, result: {} as never };

    expect(() => then(again, late)).toThrow(EventRefusedError);
  });

  it('remembers what was left by the first of two tries', () => {
    const twice = then(
      failed,
      ...retry('U0DEVELOPER', 9)(failed),
      { type: 'step-started', step: 'stack', attempt: 2 },
      ...failStep('stack', 2, failure),
    );

    const again = then(twice, ...retry('U0PLATFORM', 10)(twice));

    expect(again.steps.stack).toEqual({ state: 'waiting', attempt: 2, leftover: 'stack-1/event-7' });
    expect(again.retries?.map(({ by }) => by)).toEqual(['U0DEVELOPER', 'U0PLATFORM']);
  });

  it.each([
    ['is under way', deploymentAfter(...approvedStaging)],
    ['failed at its plan', deploymentAfter(requestedStaging, { type: 'failed', failure })],
    ['was cancelled', deploymentAfter(...approvedStaging, { type: 'cancelled', by: 'U0PLATFORM' })],
  ])('is nothing for a deployment that %s', (_what, deployment) => {
    expect(retry('U0DEVELOPER', 9)(deployment)).toEqual([]);
  });
});
