import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ok, problem } from '../../src/clusters/finding.ts';
import { Builders } from '../../src/store/builders.ts';
import { freshRedisUrl } from '../support/redis.ts';

const noon = Date.UTC(2026, 6, 15, 12);
const minute = 60_000;

describe('the build workers in Redis', () => {
  let redis: Redis;
  let builders: Builders;

  beforeAll(async () => {
    redis = new Redis(await freshRedisUrl());
    builders = new Builders(redis);
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => redis.disconnect());

  it('are listed by host, each with what it reported last', async () => {
    await builders.report({ name: 'b:2', host: 'b', seenAt: noon, findings: [problem('Docker', 'is away')] });
    await builders.report({ name: 'a:1', host: 'a', seenAt: noon, findings: [] });
    await builders.report({ name: 'b:2', host: 'b', seenAt: noon + minute, findings: [ok('Docker', '28.1')] });

    expect(await builders.list(noon + minute)).toEqual([
      { name: 'a:1', host: 'a', seenAt: noon, findings: [] },
      { name: 'b:2', host: 'b', seenAt: noon + minute, findings: [ok('Docker', '28.1')] },
    ]);
  });

  it('are forgotten when they have said nothing for more than three minutes', async () => {
    await builders.report({ name: 'old', host: 'a', seenAt: noon, findings: [] });
    await builders.report({ name: 'new', host: 'a', seenAt: noon + 1, findings: [] });

    const names = (await builders.list(noon + 3 * minute + 1)).map(({ name }) => name);

    expect(names).toEqual(['new']);
    expect(await redis.hkeys('slipway:builders')).toEqual(['new']);
  });

  it('are taken off when they end', async () => {
    await builders.report({ name: 'a:1', host: 'a', seenAt: noon, findings: [] });

    await builders.remove('a:1');

    expect(await builders.list(noon)).toEqual([]);
  });
});
