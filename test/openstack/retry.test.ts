import { describe, expect, it } from 'vitest';
import { pause, retryAfterMs, waitBeforeRetry } from '../../src/openstack/retry.ts';

const policy = { attempts: 4, firstWaitMs: 100, longestWaitMs: 1000 };

describe('the wait before a retry', () => {
  it('doubles, and half of it is drawn at random', () => {
    const shortest = [1, 2, 3].map((attempt) => waitBeforeRetry(policy, attempt, undefined, () => 0));
    const longest = [1, 2, 3].map((attempt) => waitBeforeRetry(policy, attempt, undefined, () => 1));

    expect(shortest).toEqual([50, 100, 200]);
    expect(longest).toEqual([100, 200, 400]);
  });

  it('has an upper end', () => {
    expect(waitBeforeRetry({ ...policy, attempts: 20 }, 19, undefined, () => 1)).toBe(1000);
  });

  it('is what the service asks for, unless that is too long', () => {
    expect(waitBeforeRetry(policy, 1, 900)).toBe(900);
    expect(waitBeforeRetry(policy, 1, 1001)).toBeUndefined();
  });

  it('is none after the last attempt', () => {
    expect(waitBeforeRetry(policy, 4, 1)).toBeUndefined();
  });

  it('ends when the caller gives up', async () => {
    const reason = new Error('cancelled');

    await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

it.each([
  ['120', 120_000],
  ['Wed, 21 Oct 2026 07:28:10 GMT', 10_000],
  ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('reads Retry-After: %s', (header, expected) => {
  expect(retryAfterMs(header, Date.UTC(2026, 9, 21, 7, 28, 0))).toBe(expected);
});
