import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { listStackEvents } from '../../../src/openstack/heat/events.ts';
import { signalResource } from '../../../src/openstack/heat/resources.ts';
import { StackWatch } from '../../../src/openstack/heat/stack-watch.ts';
import { createStack, deleteStack, type StackRef } from '../../../src/openstack/heat/stacks.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { removed, settled } from '../../contracts/heat-stack.ts';
import { smallTemplate, waitingTemplate } from '../../contracts/heat-templates.ts';
import { FaultProxy } from '../../support/fault-proxy.ts';

const log = silentLogger();
const freshMs = 100;
const tags = ['watched'];

/** Somebody who follows one stack, as a step does. */
interface Follower {
  ref: StackRef;
  marker: string | undefined;
}

let cloud: PlaygroundCloud;
let direct: OpenStack;
let openstack: OpenStack;
let proxy: FaultProxy;
let watch: StackWatch;

beforeEach(async () => {
  cloud = await startCloud({ log, delays: 'none' });
  const config = readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile });
  direct = connect(config, { log });
  proxy = await FaultProxy.start(config.authUrl);
  openstack = connect({ ...config, authUrl: await proxy.authUrl() }, { log });
  watch = new StackWatch(openstack.heat, { tags, freshMs, quietMs: 60_000 });
});
afterEach(async () => {
  await Promise.all([direct.close(), openstack.close(), proxy.close()]);
  await cloud.close();
});

/** A stack that does nothing but wait for a signal, once it has made what it can. */
async function waitingStack(name: string): Promise<Follower> {
  const ref = await createStack(direct.heat, { name, template: waitingTemplate, parameters: {}, tags });
  await expect.poll(async () => (await listStackEvents(direct.heat, ref)).length).toBeGreaterThanOrEqual(6);
  return { ref, marker: undefined };
}

function look(follower: Follower, through = watch) {
  return through.look(follower.ref, async () => {
    const { ref, marker } = follower;
    const events = await listStackEvents(openstack.heat, ref, { marker });
    follower.marker = events.at(-1)?.id ?? marker;
    return events.length === 0 ? undefined : events;
  });
}

describe('watching stacks', () => {
  it('costs one list a poll for all of them, and next to nothing else while they are quiet', async () => {
    const followers = await Promise.all(Array.from({ length: 20 }, (_, index) => waitingStack(`quiet-${index}`)));
    const begun = performance.now();

    const polls = 20;
    await Promise.all(
      followers.map(async (follower) => {
        for (let poll = 0; poll < polls; poll += 1) {
          await look(follower);
          await sleep(freshMs);
        }
      }),
    );
    const possibleLists = Math.ceil((performance.now() - begun) / freshMs) + 1;
    const doublings = Math.log2(possibleLists);
    const lists = proxy.count('orchestration', 'GET', /^\/stacks$/);
    const details = proxy.count('orchestration', 'GET', /\/events$/);

    expect(lists).toBeGreaterThan(1);
    expect(lists).toBeLessThanOrEqual(possibleLists);
    expect(details).toBeLessThanOrEqual(followers.length * (doublings + 3)); // at first, then 1, 2, 4, 8 … polls apart
    expect(proxy.count('orchestration', 'GET', /./)).toBe(lists + details);
  });

  it('gives one list to all who come at the same time', async () => {
    const followers = await Promise.all(['a', 'b', 'c'].map(waitingStack));

    const views = await Promise.all(followers.map((follower) => look(follower)));

    expect(views.map(({ stack }) => stack?.status)).toEqual(Array(3).fill('CREATE_IN_PROGRESS'));
    expect(views.every(({ news }) => news !== undefined)).toBe(true);
    expect(proxy.count('orchestration', 'GET', /^\/stacks$/)).toBe(1);
  });

  it('looks inside at every poll where something goes on', async () => {
    const follower = await waitingStack('busy');
    await look(follower);

    for (let poll = 0; poll < 3; poll += 1) {
      await signalResource(direct.heat, follower.ref, 'handle', { status: 'NOISE' });
      const ref = { ...follower.ref };
      await watch.look(ref, async () => listStackEvents(openstack.heat, ref));
    }

    expect(proxy.count('orchestration', 'GET', /\/events$/)).toBe(4);
  });

  it('tells the end at the next list, with what came last, and from Heat itself', async () => {
    const follower = await waitingStack('ends');
    await look(follower);
    await look(follower);
    await signalResource(direct.heat, follower.ref, 'handle', { status: 'SUCCESS', reason: 'up', id: 'a' });
    await settled(direct.heat, follower.ref);
    await sleep(freshMs);

    const { stack, news } = await look(follower);

    expect(stack?.status).toBe('CREATE_COMPLETE');
    expect(news?.map(({ resource, status }) => `${resource} ${status}`)).toContain('ready CREATE_COMPLETE');
    expect(proxy.calls.map(({ path }) => path)).toContain(`/stacks/ends/${follower.ref.id}`);
  });

  it('does not take a list that is older than the stack for its end', async () => {
    const patient = new StackWatch(openstack.heat, { tags, freshMs: 60_000, quietMs: 60_000 });
    await look(await waitingStack('first'), patient);
    const second = await waitingStack('second');

    const { stack } = await look(second, patient);

    expect(proxy.count('orchestration', 'GET', /^\/stacks$/)).toBe(1);
    expect(stack?.status).toBe('CREATE_IN_PROGRESS');
  });

  it('tells that a stack is gone, and does not look inside', async () => {
    const follower = await waitingStack('goes');
    await deleteStack(direct.heat, follower.ref);
    await removed(direct.heat, 'goes');

    const { stack, news } = await look(follower);

    expect(stack?.status ?? 'DELETE_COMPLETE').toBe('DELETE_COMPLETE');
    expect(news).toBeUndefined();
    expect(proxy.count('orchestration', 'GET', /\/events$/)).toBe(0);
  });

  it('sees a stack without its tags by itself', async () => {
    const ref = await createStack(direct.heat, { name: 'untagged', template: smallTemplate, parameters: {} });
    await settled(direct.heat, ref);

    const { stack } = await look({ ref, marker: undefined });

    expect(stack?.status).toBe('CREATE_COMPLETE');
  });

  it('goes on after a list that failed, and after somebody who gave up', async () => {
    const follower = await waitingStack('stubborn');
    const gone = new AbortController();
    const reason = new Error('no time');
    const given = watch.look(follower.ref, () => Promise.resolve(undefined), gone.signal);
    gone.abort(reason);

    await expect(given).rejects.toBe(reason);
    expect((await look(follower)).stack?.status).toBe('CREATE_IN_PROGRESS');
    await sleep(freshMs);
    await proxy.close();
    await expect(look(follower)).rejects.toMatchObject({ code: 'openstack' });
  });
});
