import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Mutex } from '../../src/store/mutex.ts';
import { Threads } from '../../src/store/threads.ts';
import { freshRedisUrl } from '../support/redis.ts';

describe('what threads share in Redis', () => {
  let redis: Redis;
  let threads: Threads;

  beforeAll(async () => {
    redis = new Redis(await freshRedisUrl());
    threads = new Threads(redis);
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => redis.disconnect());

  it('gives out as many card updates as fit into any minute, and says how long to wait for the next', async () => {
    const begun = 1_000_000;
    const given = await Promise.all([0, 1, 2].map((second) => threads.spendCardUpdate(3, begun + second * 1_000)));

    const fourth = await threads.spendCardUpdate(3, begun + 10_000);
    const later = await threads.spendCardUpdate(3, begun + 60_001);

    expect(given).toEqual([0, 0, 0]);
    expect(fourth).toBe(50_000);
    expect(later).toBe(0);
  });

  it('never gives more than the budget to processes that ask at once', async () => {
    const waits = await Promise.all(Array.from({ length: 100 }, () => threads.spendCardUpdate(45, 5_000)));

    expect(waits.filter((wait) => wait === 0)).toHaveLength(45);
  });

  it('keeps a thread on the list of those behind until its last event has been told', async () => {
    await redis.sadd('slipway:deployments:unannounced', 'd1');
    const first = (await redis.xadd('slipway:deployment:d1:events', '*', 'event', '{}')) ?? '';
    const second = (await redis.xadd('slipway:deployment:d1:events', '*', 'event', '{}')) ?? '';

    await threads.markAnnounced('d1', first);
    expect(await redis.smembers('slipway:deployments:unannounced')).toEqual(['d1']);

    await threads.markAnnounced('d1', second);
    expect(await redis.smembers('slipway:deployments:unannounced')).toEqual([]);
  });

  it('lets one at a time into a mutex', async () => {
    const mutex = new Mutex(redis);
    let inside = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 5 }, () =>
        mutex.run('key', new AbortController().signal, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 10));
          inside -= 1;
        }),
      ),
    );

    expect(most).toBe(1);
  });
});
