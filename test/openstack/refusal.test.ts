import { describe, expect, it } from 'vitest';
import { refusal } from '../../src/openstack/refusal.ts';
import type { Answer } from '../../src/openstack/transport.ts';

function hintOf(status: number, message: string): string | undefined {
  const answer = { status, headers: {}, text: JSON.stringify({ error: { message } }) } as unknown as Answer;
  return refusal('Asking', { service: 'Nova', method: 'GET', path: '/limits' }, answer).hint;
}

describe('the hint of a refusal', () => {
  it.each([
    [403, 'Quota exceeded for cores: Requested 4, but already used 18 of 20 cores'],
    [409, 'Quota exceeded for resources: [network].'],
    [413, 'Upload beyond the quota.'],
  ])('is to free something where a quota is used up: %i %s', (status, message) => {
    expect(hintOf(status, message)).toMatch(/^Free something/);
  });

  it('is to ask for a role where a policy forbids to look at quotas', () => {
    expect(hintOf(403, 'rule:get_quota is disallowed by policy')).toMatch(/^Ask for a role/);
  });
});
