import { describe, expect, it } from 'vitest';
import { isDrained, type UpgradedServer } from '../../../jobs/upgrade/servers.ts';

function server(role: UpgradedServer['role'], index: number): UpgradedServer {
  return { name: `staging-${role}-${index}`, role, roleStep: role === 'node' || index > 0 ? 'node' : 'apply' };
}

describe('a server that is to be upgraded', () => {
  it.each([
    ['a node', [server('control-plane', 0), server('node', 0)], server('node', 0), true],
    [
      'the only control plane, whose pods have nowhere to go',
      [server('control-plane', 0)],
      server('control-plane', 0),
      false,
    ],
    [
      'one control plane of three',
      [server('control-plane', 0), server('control-plane', 1), server('control-plane', 2)],
      server('control-plane', 0),
      true,
    ],
  ])('is emptied before, or not: %s', (_, servers, one, expected) => {
    expect(isDrained(one, servers)).toBe(expected);
  });
});
