import { describe, expect, it } from 'vitest';
import { createRateLimits } from '../../../../src/playground/workspace/state/rate-limits.ts';

function atTime() {
  const clock = { ms: 1_000_000 };
  return { clock, limits: createRateLimits(() => clock.ms) };
}

describe('a limit by the minute', () => {
  it('lets so many calls pass, and tells the next how long to wait', () => {
    const { limits } = atTime();

    const waits = Array.from({ length: 51 }, () => limits.perMinute('chat.update', 50));

    expect(waits.slice(0, 50)).toEqual(Array(50).fill(0));
    expect(waits[50]).toBe(60);
  });

  it('lets a call pass once the oldest is a minute old', () => {
    const { clock, limits } = atTime();
    limits.perMinute('m', 2);
    clock.ms += 10_000;
    limits.perMinute('m', 2);

    const early = limits.perMinute('m', 2);
    clock.ms += 50_000;
    const late = limits.perMinute('m', 2);

    expect([early, late]).toEqual([50, 0]);
  });

  it('counts every method for itself', () => {
    const { limits } = atTime();
    limits.perMinute('a', 1);

    expect(limits.perMinute('b', 1)).toBe(0);
  });
});

describe('a limit of one a second', () => {
  it('takes a short burst, then one a second', () => {
    const { clock, limits } = atTime();
    const burst = Array.from({ length: 6 }, () => limits.onePerSecond('C1'));

    clock.ms += 1000;
    const later = [limits.onePerSecond('C1'), limits.onePerSecond('C1')];

    expect(burst).toEqual([0, 0, 0, 0, 0, 1]);
    expect(later).toEqual([0, 1]);
  });
});
