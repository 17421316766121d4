import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from '../../src/clusters/duration.ts';

describe('a duration as people type it', () => {
  it.each([
    [90_000, '1m30s'],
    [45 * 60_000, '45m'],
    [8 * 3_600_000, '8h'],
    [5_400_000, '1h30m'],
    [2 * 86_400_000, '2d'],
    [25 * 3_600_000, '1d1h'],
    [0, '1s'],
  ])('%d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
    expect(parseDuration(text)).toBe(Math.max(1_000, ms));
  });
});
