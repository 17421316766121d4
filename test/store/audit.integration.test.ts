import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/clusters/audit-entry.ts';
import { AuditLog } from '../../src/store/audit.ts';
import { keptSeconds, keys } from '../../src/store/keys.ts';
import { freshRedisUrl } from '../support/redis.ts';

function entry(at: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  return { at, who: 'U0DEVELOPER', verb: 'up', surface: 'command', allowed: true, rule: 'request', ...changes };
}

describe('the audit log in Redis', () => {
  let redis: Redis;
  let audit: AuditLog;

  beforeAll(async () => {
    redis = new Redis(await freshRedisUrl());
    audit = new AuditLog(redis);
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => redis.disconnect());

  it('gives the newest entries first, as they were written', async () => {
    const whole = entry(3, { cluster: 'staging', deployment: 'staging-1', allowed: false, rule: 'guest' });
    await audit.append(entry(1));
    await audit.append(entry(2));
    await audit.append(whole);

    expect(await audit.newest(2)).toEqual([whole, entry(2)]);
  });

  it('can be read on from a place, oldest first', async () => {
    for (const at of [1, 2, 3]) await audit.append(entry(at));
    const [first] = await audit.after('0', 1);

    const rest = await audit.after(first?.id ?? '', 10);

    expect(rest.map((stored) => stored.entry.at)).toEqual([2, 3]);
    expect(await audit.after(rest.at(-1)?.id ?? '', 10)).toEqual([]);
  });

  it('lets go of what is older than 90 days', async () => {
    const now = Date.now();
    const old = now - keptSeconds * 1_000 - 60_000;
    // As many as make nodes of the stream whole: Redis trims by these.
    const batch = redis.pipeline();
    for (let index = 0; index < 500; index += 1)
      batch.xadd(keys.audit, `${old}-${index}`, 'entry', JSON.stringify(entry(old)));
    await batch.exec();

    await audit.append(entry(now));

    const left = await audit.newest(1_000);
    expect(left[0]).toEqual(entry(now));
    expect(left.length).toBeLessThan(200);
  });

  it('lets go of the oldest when there are far too many', async () => {
    const batch = redis.pipeline();
    for (let index = 0; index < 52_000; index += 1) batch.xadd(keys.audit, '*', 'entry', '{}');
    await batch.exec();

    await audit.append(entry(1));

    expect(await redis.xlen(keys.audit)).toBeLessThan(50_500);
    expect(await audit.newest(1)).toEqual([entry(1)]);
  });

  it('throws when Redis does not take an entry', async () => {
    await redis.set(keys.audit, 'not a stream');

    await expect(audit.append(entry(1))).rejects.toThrow('WRONGTYPE');
  });

  it('remembers how far the audit channel has come', async () => {
    expect(await audit.told()).toBeUndefined();

    await audit.saveTold({ position: '1-0', at: 5 });

    expect(await audit.told()).toEqual({ position: '1-0', at: 5 });
  });
});
