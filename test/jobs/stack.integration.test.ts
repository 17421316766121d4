import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAgain, type Run, resultOf } from '../../jobs/run.ts';
import { stack } from '../../jobs/stack.ts';
import { parseRequestMarker, parseStackMarker, requestMarker } from '../../jobs/stack-marker.ts';
import { failStep, retry } from '../../src/clusters/decisions.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { bootLogObject, clusterObjects } from '../../src/clusters/names.ts';
import { reduce } from '../../src/clusters/reducer.ts';
import type { SignedObject } from '../../src/clusters/stack.ts';
import { DeployError } from '../../src/errors.ts';
import { signalResource } from '../../src/openstack/heat/resources.ts';
import { createStack, deleteStack, findStack, listStacks } from '../../src/openstack/heat/stacks.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { settled } from '../contracts/heat-stack.ts';
import { smallTemplate } from '../contracts/heat-templates.ts';
import { clusterTemplate, openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const name = 'slipway-staging';

/** A cluster that is up as soon as somebody says so. */
const waiting = {
  handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
  boot: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 60 } },
};
const outputs = { api_url: { value: 'https://203.0.113.7:6443' }, node_names: { value: ['node-1'] } };

describe('the step stack', () => {
  let stage: StackStage;
  let step: RecordingStep;

  beforeEach(async () => {
    stage = await openStackStage();
    step = new RecordingStep();
  });
  afterEach(() => stage.close());

  const byName = new RegExp(`^/stacks/${name}$`);

  /** Runs the step as a worker does, until it does not want to be put off any more. */
  async function ended({ tools }: Run, deployment = readyForStack()): Promise<object> {
    for (;;) {
      const outcome = await stack({ ...stage.runOf(deployment, step, ''), tools });
      if (!isAgain(outcome)) return outcome;
      await sleep(20);
    }
  }

  it('makes the stack, follows it without looking for it again, and tells what came out', async () => {
    const run = stage.runOf(readyForStack(), step, clusterTemplate(waiting, outputs));

    const first = await stack(run);
    const found = await findStack(stage.direct.heat, name);
    if (found === undefined) throw new Error('no stack was made');
    await signalResource(stage.direct.heat, found, 'handle', { id: 'a', status: 'SUCCESS' });
    await settled(stage.direct.heat, found);
    const again = stage.runOf(readyForStack(), step, run.tools.template); // on another worker
    const result = await stack(again);

    expect(first).toMatchObject({ again: true });
    expect(result).toEqual({
      id: found.id,
      name,
      apiAddress: '',
      apiUrl: 'https://203.0.113.7:6443',
      nodes: ['node-1'],
    });
    expect(stage.proxy.count('orchestration', 'GET', byName)).toBe(1);
    expect(stage.proxy.count('orchestration', 'POST', /^\/stacks$/)).toBe(1);
    expect(step.events).toMatchObject([{ type: 'stack-event', resource: 'boot', status: 'CREATE_COMPLETE' }]);
    expect(step.told.at(-1)).toEqual({ text: '2 of 2 resources', done: 2, total: 2 });
  });

  it('looks first when the answer to its creation was lost, and makes nothing twice', async () => {
    stage.proxy.inject('lost answer', { method: 'POST', service: 'orchestration', path: /^\/stacks$/ });
    const run = stage.runOf(readyForStack(), step, clusterTemplate(waiting));

    await expect(stack(run)).rejects.toMatchObject({ retryable: true });
    const outcome = await stack(run);

    expect(isAgain(outcome)).toBe(true);
    expect(stage.proxy.count('orchestration', 'POST', /^\/stacks$/)).toBe(1);
    expect(await listStacks(stage.direct.heat)).toMatchObject([{ name, status: 'CREATE_IN_PROGRESS' }]);
  });

  describe('when the request for a stack was lost on its way', () => {
    const creation = /^\/stacks$/;
    let run: Run;

    beforeEach(async () => {
      stage.proxy.inject('reset', { method: 'POST', service: 'orchestration', path: creation });
      run = stage.runOf(readyForStack(), step, clusterTemplate(waiting));
      await expect(stack(run)).rejects.toMatchObject({ retryable: true });
    });

    it('goes on looking, and sends no second one while the first may still be at work', async () => {
      const outcomes = [await stack(run), await stack(run)];

      expect(outcomes.every(isAgain)).toBe(true);
      expect(step.told.at(-1)?.text).toBe(`looking for the stack ${name} that may have been asked for`);
      expect(stage.proxy.count('orchestration', 'POST', creation)).toBe(1);
    });

    it('takes the stack that comes about late', async () => {
      await stack(run);
      await stack(stage.runOf(readyForStack(), new RecordingStep(), run.tools.template)); // what Heat does meanwhile
      const late = await findStack(stage.direct.heat, name);

      await stack(run);

      expect(parseStackMarker(step.marker)?.id).toBe(late?.id);
      expect(await listStacks(stage.direct.heat)).toHaveLength(1);
    });

    it('asks once more when nothing can come of it any more', async () => {
      const { requests = 0 } = parseRequestMarker(step.marker) ?? {};
      step.marker = requestMarker({ sentAt: Date.now() - 151_000, requests });

      await stack(run);

      expect(stage.proxy.count('orchestration', 'POST', creation)).toBe(2);
      expect(await listStacks(stage.direct.heat)).toMatchObject([{ name, status: 'CREATE_IN_PROGRESS' }]);
    });

    it('gives up in the end, and sends nothing more', async () => {
      step.marker = requestMarker({ sentAt: Date.now() - 151_000, requests: 3 });

      await expect(stack(run)).rejects.toMatchObject({
        code: 'stack_failed',
        message: `Heat was asked 3 times for ${name}, answered nothing clear and made no stack`,
        retryable: false,
      });
      expect(stage.proxy.count('orchestration', 'POST', creation)).toBe(1);
    });
  });

  it('waits for no stack that Heat has refused', async () => {
    const broken = clusterTemplate({ server: { type: 'OS::No::Such' } });

    await expect(stack(stage.runOf(readyForStack(), step, broken))).rejects.toMatchObject({ status: 400 });

    expect(step.told.at(-2)?.text).toBe(`asking Heat for ${name}`);
    expect(parseRequestMarker(step.marker)).toBeUndefined();
  });

  it('leaves a stack alone that another deployment has made', async () => {
    await createStack(stage.direct.heat, { name, template: smallTemplate, parameters: {} });
    const run = stage.runOf(readyForStack(), step, clusterTemplate(waiting));

    await expect(stack(run)).rejects.toMatchObject({ code: 'name_taken', hint: expect.stringMatching(/down staging/) });
  });

  it('says so when somebody deletes the stack meanwhile', async () => {
    const run = stage.runOf(readyForStack(), step, clusterTemplate(waiting));
    await stack(run);
    const found = await findStack(stage.direct.heat, name);
    if (found !== undefined) await deleteStack(stage.direct.heat, found);
    await expect.poll(() => findStack(stage.direct.heat, name)).toBeUndefined();

    const outcome = stack(stage.runOf(readyForStack(), step, run.tools.template));

    await expect(outcome).rejects.toMatchObject({
      code: 'stack_failed',
      message: `The Heat stack ${name} was deleted while Heat was making it`,
    });
    expect(await listStacks(stage.direct.heat)).toEqual([]);
  });

  it('fails with the first resource that failed, and no more text than a thread wants', async () => {
    const server = {
      type: 'OS::Nova::Server',
      properties: {
        flavor: 'm1.tiny',
        image: 'debian',
        networks: [{ allocate_network: 'none' }],
        user_data_format: 'RAW',
        // Only Heat can tell how long this is.
        user_data: { list_join: ['', { repeat: { for_each: { '%n%': [1, 2, 3] }, template: 'x'.repeat(20_000) } }] },
      },
    };
    const run = stage.runOf(readyForStack(), step, clusterTemplate({ server }));

    const error: Error = await ended(run).then(
      () => new Error('it did not fail'),
      (reason) => reason,
    );

    expect(error.message).toMatch(
      /^Heat could not create slipway-staging: server \(OS::Nova::Server\): BadRequest: .*user_data/,
    );
    expect(error.message.length).toBeLessThan(450);
    expect(error.message).not.toMatch(/eHh4/);
  });

  describe('when a first boot fails', () => {
    /** A server that boots, of the role that its metadata says, and the condition that waits for it. */
    function booting(role: string, timeout: number): object {
      const image = { flavor: 'm1.tiny', image: 'debian', networks: [{ network: { get_resource: 'net' } }] };
      const { handle } = waiting;
      return {
        handle,
        net: { type: 'OS::Neutron::Net' },
        subnet: {
          type: 'OS::Neutron::Subnet',
          properties: { network: { get_resource: 'net' }, cidr: '10.0.0.0/24' },
        },
        server: {
          type: 'OS::Nova::Server',
          depends_on: 'subnet',
          properties: { ...image, name: 'staging-7', metadata: { slipway_role: role } },
        },
        boot: {
          type: 'OS::Heat::WaitCondition',
          depends_on: 'server',
          properties: { handle: { get_resource: 'handle' }, timeout },
        },
      };
    }

    /** What the server says of itself, in Swift and to Heat. */
    async function fails(run: Run, reason: string, log: string): Promise<void> {
      await stack(run);
      const object = bootLogObject(readyForStack().id, 'staging-7');
      const content = { content: () => Readable.from([log]), size: Buffer.byteLength(log) };
      await putObject(stage.direct.swift, { container: 'slipway-cluster-staging', object, ...content });
      await expect.poll(() => listServers(stage.direct.nova, { name: 'staging-7' })).toHaveLength(1);
      const found = await findStack(stage.direct.heat, name);
      if (found === undefined) throw new Error('no stack was made');
      await signalResource(stage.direct.heat, found, 'handle', { id: 'a', status: 'FAILURE', reason });
    }

    it.each([
      ['control-plane', 1, 'control plane'],
      ['control-plane', 3, 'control plane staging-7'],
      ['node', 1, 'node staging-7'],
    ] as const)('says which server it was and why: a %s, with %i control planes', async (role, count, who) => {
      const spec = { controlPlane: { count, flavor: 'm1.medium' } };
      const deployment = readyForStack(spec);
      const run = stage.runOf(deployment, step, clusterTemplate(booting(role, 60)));
      await fails(run, 'state kubeadm-init: timed out', 'the end');

      await expect(ended(run, deployment)).rejects.toMatchObject({
        message: `Heat could not create ${name}: ${who}: state kubeadm-init: timed out`,
        excerpt: ['the end'],
        detail: { stack: expect.any(String), server: expect.any(String) },
      });
    });

    it('shows the end of what the server has put into Swift, and no secret of it', async () => {
      const log = [
        ...Array.from({ length: 20 }, (_, index) => `line ${index}`),
        '----------',
        `kubeadm join 10.0.0.5:6443 --token abcdef.0123456789abcdef --certificate-key ${'ab'.repeat(32)}`,
        'token: abcdef.0123456789abcdef',
        'application-credential-secret=dont-tell',
        `certificateKey: ${'cd'.repeat(32)}`,
        'curl https://swift/x?temp_url_sig=dont-tell',
        '\u001b[31merror: \u001b[0mno such thing as ours',
      ].join('\n');
      const whole = stage.runOf(readyForStack(), step, clusterTemplate(booting('node', 60)));
      const run = { ...whole, tools: { ...whole.tools, secrets: ['ours'] } };
      await fails(run, 'state kubeadm-join: no', log);

      const error: DeployError = await ended(run).then(
        () => new DeployError('none', 'it did not fail'),
        (reason) => reason,
      );

      expect(error.excerpt).toHaveLength(12);
      expect(error.excerpt.slice(-7)).toEqual([
        'line 19',
        expect.stringMatching(/^kubeadm join 10\.0\.0\.5:6443 --token \[secret\] --certificate-key \[secret\]$/),
        'token: [secret]',
        'application-credential-secret=[secret]',
        'certificateKey: [secret]',
        'curl https://swift/x?temp_url_sig=[secret]',
        'error: no such thing as [secret]',
      ]);
    });

    it('is told without a log when there is none', async () => {
      const run = stage.runOf(readyForStack(), step, clusterTemplate(booting('node', 60)));
      await fails(run, 'cannot reach Swift', '');

      await expect(ended(run)).rejects.toMatchObject({
        message: `Heat could not create ${name}: node staging-7: cannot reach Swift`,
        excerpt: [],
      });
    });

    it('shows the end of the console of a server that never reported', async () => {
      const run = stage.runOf(readyForStack(), step, clusterTemplate(booting('node', 1)));

      await expect(ended(run)).rejects.toMatchObject({
        message: `Heat could not create ${name}: node staging-7 never reported how its first boot went`,
        excerpt: ['The end of its console:', expect.any(String), expect.any(String), expect.any(String)],
        detail: { heat: 'WaitConditionTimeout: resources.boot: 0 of 1 received' },
      });
    });
  });

  describe('when a person tries again', () => {
    const container = 'slipway-cluster-staging';
    const objects = clusterObjects(readyForStack().id);

    /** The deployment after its stack failed and somebody clicked Retry. */
    function takenUpAgain(): Deployment {
      const ready = readyForStack();
      const attempt = 1;
      const bodies = [
        { type: 'step-started', step: 'stack', attempt },
        { type: 'step-progress', step: 'stack', attempt, progress: { text: '' }, marker: step.marker ?? '' },
        ...failStep('stack', attempt, { message: 'No', code: 'stack_failed' }),
      ] as const;
      const failed = bodies.reduce((state, body) => reduce(state, { ...body, at: 1 }), ready);
      return retry('U0DEVELOPER', 2)(failed).reduce((state, body) => reduce(state, { ...body, at: 2 }), failed);
    }

    /** Lets the stack fail, as a first boot that went wrong does. */
    async function failed(run: Run): Promise<string> {
      await stack(run);
      const found = await findStack(stage.direct.heat, name);
      if (found === undefined) throw new Error('no stack was made');
      await signalResource(stage.direct.heat, found, 'handle', { id: 'a', status: 'FAILURE', reason: 'no' });
      await expect(ended(run)).rejects.toMatchObject({ code: 'stack_failed' });
      return found.id;
    }

    it('removes the stack that failed, and what its servers had left for one another, and makes a new one', async () => {
      const run = stage.runOf(readyForStack(), step, clusterTemplate(waiting, outputs));
      const first = await failed(run);
      for (const object of [objects.joinNode, objects.adminConf, objects.cloudConfig]) {
        const content = { content: () => Readable.from(['of old']), size: 6 };
        await putObject(stage.direct.swift, { container, object, ...content });
      }
      const again = takenUpAgain();
      step = new RecordingStep();

      const work = ended(run, again);
      await expect.poll(() => parseStackMarker(step.marker)?.id, { timeout: 10_000 }).toBeDefined();
      const second = await findStack(stage.direct.heat, name);
      if (second === undefined) throw new Error('no stack was made');
      await signalResource(stage.direct.heat, second, 'handle', { id: 'a', status: 'SUCCESS' });

      expect(await work).toMatchObject({ id: second.id, nodes: ['node-1'] });
      expect(second.id).not.toBe(first);
      expect(await listStacks(stage.direct.heat)).toHaveLength(1);
      expect(step.told.map(({ text }) => text)).toContain(`removing the ${name} that failed`);
      const left = await listObjects(stage.direct.swift, container);
      expect(left.map((object) => object.name)).toEqual([objects.cloudConfig]);
    });

    it('keeps a stack that has come about after all', async () => {
      const run = stage.runOf(readyForStack(), step, clusterTemplate(waiting, outputs));
      await stack(run);
      const found = await findStack(stage.direct.heat, name);
      if (found === undefined) throw new Error('no stack was made');
      await signalResource(stage.direct.heat, found, 'handle', { id: 'a', status: 'SUCCESS' });
      await settled(stage.direct.heat, found);
      const again = takenUpAgain();
      step = new RecordingStep();

      expect(await ended(run, again)).toMatchObject({ id: found.id });
    });

    it('waits for a stack that was asked for by the try before and may still come about', async () => {
      step.marker = requestMarker({ sentAt: Date.now() - 10_000, requests: 1 });
      const again = takenUpAgain();
      step = new RecordingStep();

      const outcome = await stack(stage.runOf(again, step, clusterTemplate(waiting)));

      expect(isAgain(outcome)).toBe(true);
      expect(stage.proxy.count('orchestration', 'POST', /^\/stacks$/)).toBe(0);
    });
  });

  it('sends nothing that Heat would only find out later to be too large', async () => {
    const server = { type: 'OS::Nova::Server', properties: { flavor: 'm1.tiny', user_data: 'x'.repeat(60_000) } };
    const run = stage.runOf(readyForStack(), step, clusterTemplate({ server }));

    await expect(stack(run)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/the user data of server in the template has 60000 bytes, 10851 more than Nova/),
    });
    expect(stage.proxy.count('orchestration', 'POST', /^\/stacks$/)).toBe(0);
  });

  it('gives the servers a URL for every object of the release, which opens it', async () => {
    const { objects } = resultOf(readyForStack(), 'publish');
    for (const { object } of objects) {
      const content = { content: () => Readable.from([`content of ${object}`]), size: 11 + object.length };
      await putObject(stage.direct.swift, { container: 'releases', object, ...content });
    }
    const told = { release: { value: { get_param: 'release' } }, objects: { value: { get_param: 'release_objects' } } };

    await stack(stage.runOf(readyForStack(), step, clusterTemplate({}, told)));

    const found = await findStack(stage.direct.heat, name);
    if (found === undefined) throw new Error('no stack was made');
    const { outputs } = await settled(stage.direct.heat, found);
    const signed = outputs.objects as SignedObject[];
    expect(outputs.release).toBe('v1.34.2-0123456789ab');
    expect(signed).toEqual(objects.map(({ object: _, ...known }) => ({ ...known, url: expect.any(String) })));
    const contents = await Promise.all(signed.map(async ({ url }) => (await fetch(url)).text()));
    expect(contents).toEqual(objects.map(({ object }) => `content of ${object}`));
    expect(new Set(stage.mutexes).size).toBe(1);
  });

  it('guards the key of the Swift that holds the release, whatever its cloud is called', async () => {
    const template = clusterTemplate(waiting);
    const elsewhere = readyForStack({ swift: { cloud: 'objects' } });

    await stack(stage.runOf(elsewhere, step, template));

    expect(new Set(stage.mutexes).size).toBe(1);
    expect(stage.mutexes[0]).toMatch(/^temp-url-key:http:\/\/.*\/v1\/AUTH_/);
  });
});
