import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expireClusters } from '../../jobs/expire-clusters.ts';
import type { Tools } from '../../jobs/run.ts';
import { extend, failStep, startStep } from '../../src/clusters/decisions.ts';
import { silentLogger } from '../../src/log.ts';
import { Producer } from '../../src/queue/producer.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { approveStaging, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('clusters whose time is nearly over', () => {
  const log = silentLogger();
  let redis: Redis;
  let producer: Producer;
  let deployments: Deployments;
  let clusters: Clusters;
  let tools: Tools;
  let now: number;

  beforeEach(async () => {
    now = Date.UTC(2026, 6, 15, 12);
    const url = await freshRedisUrl();
    redis = new Redis(url);
    producer = new Producer(url, log);
    deployments = new Deployments(
      redis,
      async () => undefined,
      () => now,
    );
    clusters = new Clusters(redis);
    tools = { deployments, clusters, producer, protectedClusters: new Set(), log } as unknown as Tools;
  });
  afterEach(async () => {
    await producer.close();
    redis.disconnect();
  });

  /** A cluster with eight hours to go, of which there is as much as a stack that failed. Answers its deployment. */
  async function made(changes: object = {}): Promise<string> {
    const spec = { ...stagingSpec, lifetime: { defaultMs: 8 * hour }, ...changes };
    const { id } = await approveStaging(deployments, { spec });
    await deployments.change(id, startStep('stack'));
    await deployments.change(id, () => failStep('stack', 1, { message: 'No', code: 'no' }));
    return id;
  }

  async function eventsOf(id: string): Promise<string[]> {
    return (await deployments.events(id)).map(({ event }) => event.type);
  }

  async function lookAfter(ms: number): Promise<void> {
    now += ms;
    await expireClusters(tools, now);
  }

  it('are told of twice, however often they are looked at', async () => {
    const id = await made();

    await lookAfter(6 * hour);
    expect(await eventsOf(id)).not.toContain('expiry-warned');
    for (let minutes = 0; minutes < 119; minutes += 7) await lookAfter(7 * minute);

    expect((await eventsOf(id)).filter((type) => type === 'expiry-warned')).toHaveLength(2);
  });

  it('are torn down at their end, for whoever had asked for them, and without an approval', async () => {
    const id = await made();

    await lookAfter(8 * hour);

    const [down] = await deployments.recent(1);
    expect(down).toMatchObject({
      action: 'down',
      because: 'expired',
      requestedBy: 'U0DEVELOPER',
      terms: { count: 0 },
      spec: { name: 'staging' },
    });
    expect(down?.id).not.toBe(id);
    const jobs = await producer.queue('cloud').getWaiting();
    expect(jobs.map(({ name, data }) => [name, data.deployment])).toEqual([['plan', down?.id]]);
  });

  it('are torn down once by two sweeps', async () => {
    await made();
    now += 8 * hour;

    await Promise.all([expireClusters(tools, now), expireClusters(tools, now)]);

    expect((await deployments.active()).map(({ action }) => action)).toEqual(['down']);
  });

  it('stay when they have been extended, and are warned of anew', async () => {
    const id = await made();
    await lookAfter(7 * hour);
    await deployments.change(id, extend('U0DEVELOPER', now + 4 * hour));

    await lookAfter(2 * hour);

    expect(await deployments.active()).toEqual([]);
    expect((await clusters.find('staging'))?.expiresAt).toBe(now + 2 * hour);
    await lookAfter(hour);
    expect((await eventsOf(id)).filter((type) => type === 'expiry-warned')).toHaveLength(2);
  });

  it('are left alone while somebody is at them', async () => {
    await made();
    const { deployment } = (await deployments.request({
      action: 'down',
      spec: stagingSpec,
      requestedBy: 'U0PLATFORM',
      channel: 'C0DEPLOYS',
      terms: { count: 1, from: [], self: true, withinMs: hour },
    })) as { deployment: { id: string } };

    await lookAfter(9 * hour);

    expect((await deployments.active()).map(({ id }) => id)).toEqual([deployment.id]);
  });

  it.each([
    ['protected', { protected: true }],
    ['without a lifetime', { lifetime: {} }],
  ])('are never those that are %s', async (_what, changes) => {
    const id = await made(changes);

    await lookAfter(1_000 * hour);

    expect(await deployments.active()).toEqual([]);
    expect(await eventsOf(id)).not.toContain('expiry-warned');
  });

  it('are never those that clusters.yaml protects by now', async () => {
    const id = await made();
    tools = { ...tools, protectedClusters: new Set(['staging']) };

    await lookAfter(9 * hour);

    expect(await deployments.active()).toEqual([]);
    expect(await eventsOf(id)).not.toContain('expiry-warned');
  });

  it('cannot be extended any more when they are gone, and do not come back by it', async () => {
    const id = await made();
    await clusters.remove('staging');

    await deployments.change(id, extend('U0DEVELOPER', now + hour));

    expect(await clusters.find('staging')).toBeUndefined();
  });
});
