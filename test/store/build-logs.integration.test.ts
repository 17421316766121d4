import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { keptSeconds, keys } from '../../src/store/keys.ts';
import { freshRedisUrl } from '../support/redis.ts';

describe('the end of a build’s log', () => {
  let redis: Redis;
  let logs: BuildLogs;

  beforeEach(async () => {
    redis = new Redis(await freshRedisUrl());
    logs = new BuildLogs(redis);
  });
  afterEach(() => redis.disconnect());

  const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

  it('is what was written last, oldest first', async () => {
    await logs.append('staging-1', ['one', 'two']);
    await logs.append('staging-1', ['three']);

    expect(await logs.tail('staging-1', 2)).toEqual(['two', 'three']);
    expect(await logs.tail('staging-1', 400)).toEqual(['one', 'two', 'three']);
    expect(await logs.tail('staging-2', 400)).toEqual([]);
    expect(await logs.tail('staging-1', 0)).toEqual([]);
  });

  it('has 400 lines at most, each of 1,000 characters at most', async () => {
    await logs.append('staging-1', lines(0, 300));
    await logs.append('staging-1', [...lines(300, 599), 'x'.repeat(5_000)]);

    const tail = await logs.tail('staging-1', 1_000);

    expect(tail).toHaveLength(400);
    expect(tail[0]).toBe('line 200');
    expect(tail.at(-1)).toBe('x'.repeat(1_000));
  });

  it('is kept as long as its deployment', async () => {
    await logs.append('staging-1', ['one']);

    const left = await redis.ttl(keys.log('staging-1'));

    expect(left).toBeGreaterThan(keptSeconds - 60);
    expect(left).toBeLessThanOrEqual(keptSeconds);
  });

  it('comes in batches, in order, and whole once the writer is closed', async () => {
    const problems: unknown[] = [];
    const writer = logs.writer('staging-1', (error) => problems.push(error));
    const asked = (await redis.info('commandstats')).match(/cmdstat_rpush:calls=(\d+)/)?.[1] ?? '0';

    for (const line of lines(0, 350)) writer.write(line);
    await writer.close();

    expect(await logs.tail('staging-1', 400)).toEqual(lines(0, 350));
    expect(problems).toEqual([]);
    const calls = (await redis.info('commandstats')).match(/cmdstat_rpush:calls=(\d+)/)?.[1] ?? '0';
    expect(Number(calls) - Number(asked)).toBe(1);
  });

  it('shows lines while the build goes on', async () => {
    const writer = logs.writer('staging-1', () => undefined);

    writer.write('one');

    await expect.poll(() => logs.tail('staging-1', 1), { timeout: 10_000 }).toEqual(['one']);
    await writer.close();
  });

  it('harms nobody when Redis is gone', async () => {
    const problems: unknown[] = [];
    const gone = new Redis(redis.options.port ?? 0, { db: 0, maxRetriesPerRequest: 0, lazyConnect: true });
    const writer = new BuildLogs(gone).writer('staging-1', (error) => problems.push(error));
    gone.disconnect();
    await sleep(10);

    writer.write('one');
    await writer.close();

    expect(problems).toHaveLength(1);
  });
});
