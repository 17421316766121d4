import { describe, expect, it } from 'vitest';
import { dueWarning, type Expiry, expiryOf, firstExpiry } from '../../src/clusters/lifetime.ts';
import { approvedStaging, deploymentAfter, stagingSpec } from '../support/fixtures.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('the end of a cluster', () => {
  it('is its usual time after it came up', () => {
    expect(firstExpiry({ ...stagingSpec, lifetime: { defaultMs: 8 * hour } }, 1_000)).toEqual({
      until: 1_000 + 8 * hour,
      since: 1_000,
    });
  });

  it.each([
    ['without a lifetime', {}],
    ['with a limit alone', { lifetime: { maxMs: hour } }],
    ['that is protected', { lifetime: { defaultMs: hour }, protected: true }],
  ])('is not set for one %s', (_what, changes) => {
    expect(firstExpiry({ ...stagingSpec, ...changes }, 0)).toBeUndefined();
  });

  it('is none any more once the cluster is protected', () => {
    const deployment = deploymentAfter(...approvedStaging);
    const expiry = { until: hour, since: 0 };

    expect(expiryOf({ ...deployment, expiry })).toEqual(expiry);
    expect(expiryOf({ ...deployment, expiry, spec: { ...deployment.spec, protected: true } })).toBeUndefined();
  });
});

describe('the warning that is due', () => {
  const eightHours: Expiry = { until: 8 * hour, since: 0 };

  it.each<[string, Expiry, number, number | undefined]>([
    ['none long before', eightHours, 6 * hour, undefined],
    ['the first an hour before', eightHours, 7 * hour, hour],
    ['the first once', { ...eightHours, warnedMs: hour }, 7 * hour + minute, undefined],
    ['the second a quarter of an hour before', { ...eightHours, warnedMs: hour }, 7 * hour + 45 * minute, 15 * minute],
    ['the second once', { ...eightHours, warnedMs: 15 * minute }, 7 * hour + 50 * minute, undefined],
    ['the second alone when nobody looked before', eightHours, 7 * hour + 50 * minute, 15 * minute],
    ['not the first for half an hour of life', { until: 30 * minute, since: 0 }, minute, undefined],
    ['the second for half an hour of life', { until: 30 * minute, since: 0 }, 16 * minute, 15 * minute],
    ['none for ten minutes of life', { until: 10 * minute, since: 0 }, 9 * minute, undefined],
  ])('is %s', (_what, expiry, now, expected) => {
    expect(dueWarning(expiry, now)).toBe(expected);
  });
});
