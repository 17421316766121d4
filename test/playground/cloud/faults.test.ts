import { describe, expect, it } from 'vitest';
import { faultPlan, faults, isFaultName } from '../../../src/playground/cloud/faults.ts';

describe('a planned fault', () => {
  it('strikes as often as it is meant to, and no other strikes', () => {
    const plan = faultPlan('swift');

    const strikes = Array.from({ length: 5 }, () => plan.strikes('swift'));

    expect(strikes).toEqual([true, true, true, false, false]);
    expect(plan.strikes('stack')).toBe(false);
  });

  it('is none when none was asked for', () => {
    const plan = faultPlan(undefined);

    expect(
      Object.keys(faults)
        .filter(isFaultName)
        .some((name) => plan.strikes(name)),
    ).toBe(false);
  });

  it('has a name that is in the list', () => {
    expect(isFaultName('stack')).toBe(true);
    expect(isFaultName('toString')).toBe(false);
  });
});
