import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lease } from '../../src/store/lease.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { freshRedisUrl } from '../support/redis.ts';

describe('a lease', () => {
  const leaseMs = 400;
  let redis: Redis;
  let mutex: Mutex;

  beforeAll(async () => {
    redis = new Redis(await freshRedisUrl());
    mutex = new Mutex(redis, { leaseMs });
  });
  afterAll(() => redis.disconnect());

  async function taken(name: string, owner: string, attempt = 1): Promise<Lease> {
    const lease = await mutex.lease(name, { owner, attempt });
    if (!(lease instanceof Lease)) throw new Error(`${lease.heldBy} has ${name}`);
    return lease;
  }

  it('is one owner’s, and the others are told whose', async () => {
    const lease = await taken('one', 'staging-1');

    const other = await mutex.lease('one', { owner: 'production-1', attempt: 7 });

    expect(other).toEqual({ heldBy: 'staging-1' });
    await lease.release();
    expect(await mutex.lease('one', { owner: 'production-1', attempt: 7 })).toBeInstanceOf(Lease);
  });

  it('goes to one of many who ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => mutex.lease('crowd', { owner: `owner-${index}`, attempt: 1 })),
    );

    expect(answers.filter((answer) => answer instanceof Lease)).toHaveLength(1);
  });

  it('lasts for as long as its holder works', async () => {
    const lease = await taken('long', 'staging-1');

    await sleep(leaseMs * 2);

    expect(await mutex.lease('long', { owner: 'production-1', attempt: 1 })).toEqual({ heldBy: 'staging-1' });
    expect(lease.signal.aborted).toBe(false);
    await lease.release();
  });

  it('is free a while after its holder left it', async () => {
    const lease = await taken('left', 'staging-1');
    await lease.leave();

    const atOnce = await mutex.lease('left', { owner: 'production-1', attempt: 1 });
    await sleep(leaseMs * 1.5);
    const later = await mutex.lease('left', { owner: 'production-1', attempt: 1 });

    expect(atOnce).toEqual({ heldBy: 'staging-1' });
    expect(later).toBeInstanceOf(Lease);
  });

  it('goes over to a later attempt of the same owner, whose earlier one is told to stop', async () => {
    const first = await taken('attempts', 'staging-1', 1);

    const second = await taken('attempts', 'staging-1', 2);
    await sleep(leaseMs);

    expect(first.signal.aborted).toBe(true);
    expect(second.signal.aborted).toBe(false);
    await first.release();
    expect(await mutex.lease('attempts', { owner: 'staging-1', attempt: 1 })).toEqual({ heldBy: 'staging-1' });
    await second.release();
  });
});
