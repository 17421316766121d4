import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteStack } from '../../jobs/delete-stack.ts';
import { isAgain } from '../../jobs/run.ts';
import { stack } from '../../jobs/stack.ts';
import type { Stack } from '../../src/openstack/heat/stack.ts';
import { createStack, findStack, getStack, deleteStack as requestDeletion } from '../../src/openstack/heat/stacks.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { removed, settled } from '../contracts/heat-stack.ts';
import { smallTemplate } from '../contracts/heat-templates.ts';
import { clusterTemplate, openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const name = 'slipway-staging';

describe('the step delete-stack', () => {
  let stage: StackStage;
  let step: RecordingStep;

  beforeEach(async () => {
    stage = await openStackStage();
    step = new RecordingStep();
  });
  afterEach(() => stage.close());

  /** The cluster's stack, made of such resources; and nothing counted so far. */
  async function given(resources: object): Promise<void> {
    await stack(stage.runOf(readyForStack(), new RecordingStep(), clusterTemplate(resources)));
    stage.proxy.calls.length = 0;
  }

  async function existing(): Promise<Stack> {
    const found = await findStack(stage.direct.heat, name);
    if (found === undefined) throw new Error('there is no stack');
    return found;
  }

  /** Runs the step as a worker does, until it does not want to be put off any more. */
  async function ended(): Promise<object> {
    for (;;) {
      const outcome = await deleteStack(stage.runOf(readyForStack(), step, ''));
      if (!isAgain(outcome)) return outcome;
      await sleep(20);
    }
  }

  it('is done at once where there is no stack', async () => {
    expect(await ended()).toEqual({ existed: false });
  });

  it('deletes the stack once, in the middle of its creation too, and waits until its name is free', async () => {
    await given({
      handle: { type: 'OS::Heat::WaitConditionHandle' },
      boot: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 60 } },
    });

    const outcome = await ended();

    expect(outcome).toEqual({ existed: true });
    expect(await findStack(stage.direct.heat, name)).toBeUndefined();
    expect(stage.proxy.count('orchestration', 'DELETE', /./)).toBe(1);
  });

  describe('when its worker died right before Heat was asked', () => {
    let found: Stack;

    beforeEach(async () => {
      await given({
        handle: { type: 'OS::Heat::WaitConditionHandle' },
        boot: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 60 } },
      });
      step.checkpoint = () => Promise.reject(new Error('killed'));
      await expect(deleteStack(stage.runOf(readyForStack(), step, ''))).rejects.toThrow('killed');
      step.checkpoint = async () => undefined;
      found = await existing();
    });

    it('asks at once, in the middle of the creation', async () => {
      expect(await ended()).toEqual({ existed: true });
      expect(stage.proxy.count('orchestration', 'DELETE', /./)).toBe(1);
    });

    it('says that there was a stack, also when it is gone by then', async () => {
      await requestDeletion(stage.direct.heat, found);
      await removed(stage.direct.heat, name);

      expect(await ended()).toEqual({ existed: true });
      expect(stage.proxy.count('orchestration', 'DELETE', /./)).toBe(0);
    });
  });

  it('leaves a stack alone that is not of this cluster', async () => {
    const ref = await createStack(stage.direct.heat, { name, template: smallTemplate, parameters: {} });
    await settled(stage.direct.heat, ref);

    await expect(ended()).rejects.toMatchObject({ code: 'name_taken' });
    expect((await getStack(stage.direct.heat, ref, { resolveOutputs: false })).status).toBe('CREATE_COMPLETE');
  });

  it('tries again when Heat fails to delete it, and says in the end what holds on to it', async () => {
    await given({ net: { type: 'OS::Neutron::Net', properties: { name: 'held' } } });
    const found = await findStack(stage.direct.heat, name);
    if (found !== undefined) await settled(stage.direct.heat, found);
    const network = (await listNetworks(stage.direct.neutron, {})).find((one) => one.name === 'held');
    await stage.direct.neutron.post(['ports'], {
      doing: 'Holding on to the network',
      ok: [201],
      body: { port: { network_id: network?.id } },
    });

    await expect(ended()).rejects.toMatchObject({
      code: 'stack_failed',
      message: expect.stringMatching(
        /^Heat could not delete slipway-staging: net \(OS::Neutron::Net\): Conflict: .*held|in use/,
      ),
      detail: { stack: found?.id },
    });
    expect(stage.proxy.count('orchestration', 'DELETE', /./)).toBe(3);
  });
});
