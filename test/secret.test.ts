import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../src/secret.ts';

it('shows its value only on purpose', () => {
  const secret = new Secret('hunter2');

  const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ secret })];

  expect(shown.join()).not.toContain('hunter2');
  expect(shown[0]).toBe('[secret]');
  expect(secret.reveal()).toBe('hunter2');
});
