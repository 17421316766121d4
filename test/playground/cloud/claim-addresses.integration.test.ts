import { afterEach, describe, expect, it } from 'vitest';
import { type AddressClaim, claimAddresses } from '../../../src/playground/cloud/neutron/claim-addresses.ts';

describe('the addresses of a playground’s servers', () => {
  const claims: AddressClaim[] = [];

  afterEach(async () => {
    for (const claim of claims.splice(0)) await claim.release();
  });

  async function claim(): Promise<AddressClaim> {
    const claimed = await claimAddresses();
    claims.push(claimed);
    return claimed;
  }

  it('are of the loopback, and of one playground at a time', async () => {
    const prefixes = [await claim(), await claim(), await claim()].map(({ prefix }) => prefix);

    expect(new Set(prefixes).size).toBe(3);
    for (const prefix of prefixes) expect(prefix).toMatch(/^127\.\d+$/);
  });

  it('go to the next one when a playground ends', async () => {
    const first = await claim();
    const second = await claim();

    await first.release();
    const third = await claim();

    expect(third.prefix).not.toBe(second.prefix);
    expect(Number(third.prefix.split('.')[1])).toBeLessThanOrEqual(Number(first.prefix.split('.')[1]));
  });
});
