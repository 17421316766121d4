import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRequestMarker } from '../../jobs/stack-marker.ts';
import { mayStillCome, requestStack } from '../../jobs/stack-request.ts';
import { smallTemplate } from '../contracts/heat-templates.ts';
import { openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const options = { name: 'slipway-staging', template: smallTemplate, parameters: {} };

describe('asking for a stack', () => {
  let stage: StackStage;
  let step: RecordingStep;

  beforeEach(async () => {
    stage = await openStackStage();
    step = new RecordingStep();
  });
  afterEach(() => stage.close());

  it('is noted before it is done', async () => {
    const run = stage.runOf(readyForStack(), step, '');
    const sentBefore: number[] = [];
    const { report } = step;
    step.report = async (...args) => {
      sentBefore.push(stage.proxy.count('orchestration', 'POST', /^\/stacks$/));
      await report(...args);
    };

    await requestStack(run, options);

    expect(sentBefore).toEqual([0]);
    expect(parseRequestMarker(step.marker)).toMatchObject({ requests: 1 });
  });

  it.each(['500', '503', '429', 'lost answer', 'reset'] as const)(
    'leaves open what comes of it after: %s',
    async (kind) => {
      stage.proxy.inject(kind, { method: 'POST', service: 'orchestration', path: /^\/stacks$/ });
      const run = stage.runOf(readyForStack(), step, '');

      await expect(requestStack(run, options)).rejects.toMatchObject({ retryable: true });

      expect(mayStillCome(run)).toBe(true);
    },
  );

  it('comes to nothing where nobody answers, so that the next attempt need not wait', async () => {
    const run = stage.runOf(readyForStack(), step, '');
    await run.openstack.heat.endpoint();
    await stage.proxy.close();

    await expect(requestStack(run, options)).rejects.toMatchObject({
      retryable: true,
      detail: { code: 'ECONNREFUSED' },
    });

    expect(mayStillCome(run)).toBe(false);
  });

  it('comes to nothing where Keystone does not answer', async () => {
    await stage.proxy.close();
    const run = stage.runOf(readyForStack(), step, '');

    await expect(requestStack(run, options)).rejects.toMatchObject({ service: 'Keystone' });

    expect(mayStillCome(run)).toBe(false);
  });
});
