import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getStackOutput } from '../../src/openstack/heat/outputs.ts';
import { previewStack, previewUpdate } from '../../src/openstack/heat/previews.ts';
import { listStackResources, markUnhealthy, signalResource } from '../../src/openstack/heat/resources.ts';
import { cancelStack, checkStack, rollBackUpdate } from '../../src/openstack/heat/stack-actions.ts';
import {
  createStack,
  deleteStack,
  findStack,
  getStack,
  type StackRef,
  updateStack,
} from '../../src/openstack/heat/stacks.ts';
import { validateTemplate } from '../../src/openstack/heat/templates.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { removed, settled } from './heat-stack.ts';
import {
  changingTemplate,
  groupFiles,
  groupTemplate,
  nestedTemplate,
  smallTemplate,
  waitingTemplate,
} from './heat-templates.ts';
import { type connection, eventually, uniqueName } from './support.ts';

type Cloud = ReturnType<typeof connection>;

/** What Slipway relies on where stacks are foreseen, changed, stopped and told things. */
export function heatChangesContract(cloud: Cloud): void {
  previewContract(cloud);
  changeContract(cloud);
  interruptionContract(cloud);
  limitContract(cloud);
}

function previewContract(cloud: Cloud): void {
  describe('a stack that is only thought of', () => {
    const name = uniqueName('preview');

    it('is told with what its nested stacks would hold, and is not made', async () => {
      const { heat } = cloud();

      const resources = await previewStack(heat, {
        name,
        template: groupTemplate,
        files: groupFiles,
        parameters: { count: 2 },
      });

      expect(resources.filter(({ type }) => type === 'OS::Heat::WaitCondition')).toHaveLength(2);
      expect(resources.find(({ name: resource }) => resource === 'suffix')).toMatchObject({
        type: 'OS::Heat::RandomString',
        properties: { length: 6 },
        parent: expect.any(String),
      });
      expect(resources.find(({ name: resource }) => resource === 'ready')?.properties).toMatchObject({
        timeout: 120,
        handle: 'handle',
      });
      expect(await findStack(heat, name)).toBeUndefined();
    });

    it('is refused as a real one would be', async () => {
      const refused = previewStack(cloud().heat, { name, template: groupTemplate, files: groupFiles, parameters: {} });

      await expect(refused).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(new RegExp(`^Previewing the Heat stack ${name}: .*count`)),
      });
    });

    it('is validated with what its nested templates ask for', async () => {
      const { heat } = cloud();

      const { nested } = await validateTemplate(heat, { template: groupTemplate, files: groupFiles, showNested: true });
      const plain = await validateTemplate(heat, { template: groupTemplate, files: groupFiles });

      const [member] = Object.values(nested.nodes?.nested ?? {});
      expect(nested.nodes?.type).toBe('OS::Heat::AutoScalingGroup');
      expect(member).toMatchObject({ type: 'node.yaml', parameters: [{ name: 'timeout', type: 'Number' }] });
      expect(plain.nested).toEqual({});
      await expect(validateTemplate(heat, { template: nestedTemplate })).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(/node\.yaml/),
      });
    });
  });
}

function changeContract(cloud: Cloud): void {
  describe('a change of a stack', () => {
    const name = uniqueName('change');
    let ref: StackRef;

    beforeAll(async () => {
      ref = await createStack(cloud().heat, { name, template: changingTemplate, parameters: {}, timeoutMinutes: 5 });
      await settled(cloud().heat, ref);
    });
    afterAll(() => removed(cloud().heat, name));

    it('is foreseen resource by resource, and nothing changes', async () => {
      const { heat } = cloud();

      const changes = await previewUpdate(heat, ref, { parameters: { length: 9, extra: true, label: 'two' } });

      expect(changes).toEqual({
        added: [{ name: 'new', type: 'OS::Heat::RandomString' }],
        deleted: [{ name: 'old', type: 'OS::Heat::RandomString' }],
        replaced: [{ name: 'remade', type: 'OS::Heat::RandomString' }],
        unchanged: [{ name: 'kept', type: 'OS::Heat::RandomString' }],
        updated: [{ name: 'renamed', type: 'OS::Neutron::Net' }],
      });
      expect((await getStack(heat, ref, { resolveOutputs: false })).status).toBe('CREATE_COMPLETE');
    });

    it('is refused with what is wrong about it', async () => {
      const refused = previewUpdate(cloud().heat, ref, { parameters: { length: 'long' } });

      await expect(refused).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(new RegExp(`^Previewing the update of the Heat stack ${name}: .*length`)),
      });
    });

    it('replaces what was marked as broken', async () => {
      const { heat } = cloud();
      const before = await getStackOutput(heat, ref, 'kept');

      await markUnhealthy(heat, ref, 'kept', 'its disk is full of holes');
      const resources = await listStackResources(heat, ref);
      const changes = await previewUpdate(heat, ref, { parameters: {} });
      await updateStack(heat, ref, { parameters: {} });
      const stack = await settled(heat, ref);

      expect(resources.find((resource) => resource.name === 'kept')).toMatchObject({
        status: 'CHECK_FAILED',
        reason: 'its disk is full of holes',
      });
      expect(changes.replaced).toEqual([{ name: 'kept', type: 'OS::Heat::RandomString' }]);
      expect(stack.status).toBe('UPDATE_COMPLETE');
      expect(stack.outputs.kept).not.toBe(before);
    });

    it('is told output by output', async () => {
      const { heat } = cloud();
      const { outputs } = await getStack(heat, ref, { resolveOutputs: true });

      expect(await getStackOutput(heat, ref, 'kept')).toBe(outputs.kept);
      await expect(getStackOutput(heat, ref, 'none')).rejects.toMatchObject({
        status: 404,
        message: expect.stringMatching(/none not found/),
      });
    });

    it('may be a look whether everything is still there', async () => {
      const { heat } = cloud();

      await checkStack(heat, ref);
      const stack = await settled(heat, ref);

      expect(stack.status).toBe('CHECK_COMPLETE');
    });

    it('reaches the stack by its name alone through a redirect, which keeps its method', async () => {
      const { heat } = cloud();

      await heat.call('PATCH', ['stacks', name], {
        doing: 'Updating by name',
        ok: [202],
        body: { parameters: { label: 'three' } },
      });
      const stack = await settled(heat, ref);

      expect(stack).toMatchObject({ status: 'UPDATE_COMPLETE', parameters: { label: 'three' } });
    });
  });
}

function interruptionContract(cloud: Cloud): void {
  describe('a stack that waits for signals', () => {
    const name = uniqueName('waiting');
    let ref: StackRef;

    beforeAll(async () => {
      ref = await createStack(cloud().heat, { name, template: waitingTemplate, parameters: {}, timeoutMinutes: 10 });
      await waits(cloud().heat, ref, 'CREATE_IN_PROGRESS');
    });
    afterAll(() => removed(cloud().heat, name));

    it('takes no signal for what cannot hear one, or is not there', async () => {
      const { heat } = cloud();

      await expect(signalResource(heat, ref, 'first', {})).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(/^Signalling first of the Heat stack .*signal is not supported/),
      });
      await expect(signalResource(heat, ref, 'nobody', {})).rejects.toMatchObject({ status: 404 });
    });

    it('has no update to roll back while it is being created', async () => {
      await expect(rollBackUpdate(cloud().heat, ref)).rejects.toMatchObject({
        status: 400,
        retryable: false,
        message: expect.stringMatching(
          new RegExp(`^Rolling back the update of the Heat stack ${name}: .*CREATE_IN_PROGRESS is not supported`),
        ),
      });
    });

    it('fails at once when its creation is cancelled, and keeps what it has', async () => {
      const { heat } = cloud();

      await cancelStack(heat, ref);
      const stack = await settled(heat, ref);

      expect(stack).toMatchObject({ status: 'CREATE_FAILED', statusReason: 'Stack CREATE cancelled' });
      expect(stack.outputs.first).toEqual(expect.any(String));
      await expect(cancelStack(heat, ref)).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(/CREATE_FAILED is not supported/),
      });
    });

    it('goes on from there with an update, and is told what its owner signals', async () => {
      const { heat } = cloud();

      await updateStack(heat, ref, { parameters: {} });
      await waits(heat, ref, 'UPDATE_IN_PROGRESS');
      await signalResource(heat, ref, 'handle', { status: 'SUCCESS', reason: 'up', id: 'a', data: 'hello' });
      const stack = await settled(heat, ref);

      expect(stack).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { data: '{"a": "hello"}' } });
    });

    it('goes back to what it was when an update is rolled back', async () => {
      const { heat } = cloud();
      await updateStack(heat, ref, { parameters: { count: 2 } });
      await waits(heat, ref, 'UPDATE_IN_PROGRESS');

      await rollBackUpdate(heat, ref);
      const stack = await settled(heat, ref);

      expect(stack).toMatchObject({ status: 'ROLLBACK_COMPLETE', parameters: { count: '1' } });
    });

    it('can be deleted in the middle of its work, and again while it goes, and once it is gone', async () => {
      const { heat } = cloud();
      await updateStack(heat, ref, { parameters: { count: 3 } });
      await waits(heat, ref, 'UPDATE_IN_PROGRESS');

      await deleteStack(heat, ref);
      await deleteStack(heat, ref);
      await eventually(async () => ((await findStack(heat, name)) === undefined ? true : undefined));
      await deleteStack(heat, ref);

      await expect(updateStack(heat, ref, { parameters: {} })).rejects.toMatchObject({ status: 404 });
      await expect(cancelStack(heat, ref)).rejects.toMatchObject({ status: 404 });
      await expect(getStackOutput(heat, ref, 'first')).rejects.toMatchObject({ status: 404 });
      await expect(signalResource(heat, ref, 'handle', {})).rejects.toMatchObject({ status: 404 });
    });

    /** Waits until the stack does nothing any more but wait for signals. */
    async function waits(heat: ServiceClient, waiting: StackRef, status: string): Promise<void> {
      await eventually(async () => {
        const stack = await getStack(heat, waiting, { resolveOutputs: false });
        const resources = await listStackResources(heat, waiting);
        const busy = resources.filter((one) => one.state !== 'COMPLETE' || one.action === 'INIT');
        const isWaiting = busy.length === 1 && busy[0]?.name === 'ready' && busy[0].state === 'IN_PROGRESS';
        return stack.status === status && isWaiting ? true : undefined;
      });
    }
  });
}

function limitContract(cloud: Cloud): void {
  describe('what is too large for Heat', () => {
    const name = uniqueName('large');
    const kib = 1024;

    it.each([
      ['template', { template: { ...smallTemplate, description: 'x'.repeat(512 * kib) } }, /Template size/],
      ['file', { files: { 'large.txt': 'x'.repeat(512 * kib + 1) } }, /Template size \(524289 bytes\)/],
      ['request', { files: { 'a.txt': 'x'.repeat(500 * kib), 'b.txt': 'x'.repeat(530 * kib) } }, /JSON body size/],
    ])('is refused by Heat itself without naming the %s', async (_what, part, message) => {
      const body = { stack_name: name, template: smallTemplate, parameters: {}, ...part };

      const refused = cloud().heat.post(['stacks', 'preview'], { doing: 'Previewing', ok: [200], body });

      await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
    });

    it('fits exactly where the client says that it fits', async () => {
      const text = 'x'.repeat(512 * kib);

      const resources = await previewStack(cloud().heat, {
        name,
        template: smallTemplate,
        files: { 'large.txt': text },
        parameters: {},
      });

      expect(resources).toMatchObject([{ name: 'value' }]);
    });
  });
}
