import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve, fail, recordPlan, startStep } from '../../src/clusters/decisions.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { EventRefusedError, replay } from '../../src/clusters/reducer.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { keys, overChannel } from '../../src/store/keys.ts';
import { oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

const staging = {
  action: 'up',
  spec: stagingSpec,
  requestedBy: 'U1',
  channel: 'C0DEPLOYS',
  terms: oneApproval,
} as const;
const plan = { lines: [], warnings: [] };
const failure = { message: 'No', code: 'no' };

describe('the deployments in Redis', () => {
  let redis: Redis;
  let deployments: Deployments;
  let announced: string[];

  beforeAll(async () => {
    redis = new Redis(await freshRedisUrl());
  });
  beforeEach(async () => {
    await redis.flushdb();
    announced = [];
    deployments = new Deployments(redis, async ({ id }) => {
      announced.push(id);
    });
  });
  afterAll(() => redis.disconnect());

  async function accepted(): Promise<Deployment> {
    const outcome = await deployments.request(staging);
    if (outcome.kind !== 'accepted') throw new Error('the cluster is busy');
    return outcome.deployment;
  }

  it('folds a second request for the same cluster into the deployment under way', async () => {
    const first = await accepted();

    const second = await deployments.request({ ...staging, requestedBy: 'U2' });

    expect(second).toMatchObject({ kind: 'busy', lock: { deployment: first.id, requestedBy: 'U1', action: 'up' } });
  });

  it('accepts one of twenty requests at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => deployments.request(staging)));

    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(await deployments.active()).toHaveLength(1);
  });

  it('keeps record and events together: the record is the fold of the stream', async () => {
    const { id } = await accepted();
    await deployments.change(id, recordPlan(plan, 0));
    await deployments.change(id, approve('U0PLATFORM'));

    const events = await deployments.events(id);

    expect(replay(events.map(({ event }) => event))).toEqual(await deployments.get(id));
    expect(events.map(({ event }) => event.type)).toEqual([
      'requested',
      'planned',
      'approval-requested',
      'approved',
      'queued',
    ]);
  });

  it('makes one approval of twenty clicks at once', async () => {
    const { id } = await accepted();
    await deployments.change(id, recordPlan(plan, Date.now()));

    const clicks = await Promise.all(Array.from({ length: 20 }, () => deployments.change(id, approve('U0PLATFORM'))));

    expect(clicks.filter(({ changed }) => changed)).toHaveLength(1);
    expect((await deployments.get(id)).approvals).toHaveLength(1);
  });

  it('answers events after a place in the stream', async () => {
    const { id } = await accepted();
    const [first] = await deployments.events(id);
    await deployments.change(id, recordPlan(plan, 0));

    const later = await deployments.events(id, first?.id);

    expect(later.map(({ event }) => event.type)).toEqual(['planned', 'approval-requested']);
  });

  it('lets go of the lock, and says so, when a deployment ends', async () => {
    const { id } = await accepted();
    const ended: string[] = [];
    const subscriber = redis.duplicate();
    await subscriber.subscribe(overChannel);
    subscriber.on('message', (_channel, over) => ended.push(over));

    await deployments.change(id, fail(failure));
    await expect.poll(() => ended).toEqual([id]);
    subscriber.disconnect();

    expect(await deployments.lock('staging')).toBeUndefined();
    expect(await redis.ttl(`slipway:deployment:${id}`)).toBeGreaterThan(0);
    expect(await deployments.active()).toEqual([]);
    expect((await deployments.request(staging)).kind).toBe('accepted');
  });

  it('gives each deployment of a cluster a higher fencing number', async () => {
    const first = await accepted();
    await deployments.change(first.id, fail(failure));

    const second = await accepted();

    expect(second.fence).toBeGreaterThan(first.fence);
  });

  it('refuses what comes after the end', async () => {
    const { id } = await accepted();
    await deployments.change(id, fail(failure));

    await expect(deployments.change(id, startStep('build'))).rejects.toThrow(EventRefusedError);
  });

  it('records a cluster as broken when its stack was begun, and not when it was not', async () => {
    const clusters = new Clusters(redis);
    const early = await accepted();
    await deployments.change(early.id, fail(failure));
    expect(await clusters.find('staging')).toBeUndefined();

    const { id } = await accepted();
    await deployments.change(id, recordPlan(plan, 0));
    await deployments.change(id, approve('U0PLATFORM'));
    await deployments.change(id, startStep('stack'));
    await deployments.change(id, fail(failure, 'stack'));

    expect(await clusters.find('staging')).toMatchObject({ state: 'broken', deployment: id, stack: 'slipway-staging' });
  });

  describe('when one that failed is tried again', () => {
    async function failedAtBuild(): Promise<string> {
      const { id } = await accepted();
      await deployments.change(id, recordPlan(plan, 0));
      await deployments.change(id, approve('U0PLATFORM'));
      await deployments.change(id, startStep('build'));
      await deployments.change(id, fail(failure, 'build'));
      return id;
    }

    it('takes the lock anew, and is kept for as long as it is under way', async () => {
      const id = await failedAtBuild();
      const before = await deployments.get(id);

      const outcome = await deployments.retry(id, 'U2');

      expect(outcome).toMatchObject({ kind: 'accepted', deployment: { state: 'queued', round: 2 } });
      const { fence } = await deployments.get(id);
      expect(fence).toBeGreaterThan(before.fence);
      expect(await deployments.lock('staging')).toMatchObject({
        deployment: id,
        requestedBy: 'U2',
        action: 'up',
        fence,
      });
      expect((await deployments.active()).map((deployment) => deployment.id)).toEqual([id]);
      expect(await redis.ttl(keys.deployment(id))).toBe(-1);
      expect(await redis.ttl(keys.events(id))).toBe(-1);
      const events = await deployments.events(id);
      expect(replay(events.map(({ event }) => event))).toEqual(await deployments.get(id));
    });

    it('happens once of twenty clicks at once', async () => {
      const id = await failedAtBuild();

      const outcomes = await Promise.all(Array.from({ length: 20 }, () => deployments.retry(id, 'U2')));

      expect(outcomes.filter((outcome) => outcome?.kind === 'accepted')).toHaveLength(1);
      expect((await deployments.get(id)).round).toBe(2);
    });

    it('changes nothing while somebody else holds the cluster', async () => {
      const id = await failedAtBuild();
      const other = await accepted();

      const outcome = await deployments.retry(id, 'U2');

      expect(outcome).toMatchObject({ kind: 'busy', lock: { deployment: other.id } });
      expect((await deployments.get(id)).state).toBe('failed');
    });

    it('is nothing for one that has not failed', async () => {
      const { id } = await accepted();

      expect(await deployments.retry(id, 'U2')).toBeUndefined();
    });
  });

  it('announces every change', async () => {
    const { id } = await accepted();

    await deployments.change(id, recordPlan(plan, 0));

    expect(announced).toEqual([id, id]);
    expect(await deployments.unannounced()).toEqual([id]);
  });

  it('says of an unknown deployment that it does not exist', async () => {
    expect(await deployments.find('nothing')).toBeUndefined();
    await expect(deployments.get('nothing')).rejects.toThrow('There is no deployment nothing');
  });
});
