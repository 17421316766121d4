import { expect, it } from 'vitest';
import { isSameKey } from '../../../src/openstack/nova/same-key.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIL47WV+QysRYPIeanLP3GAjtSYfFfBjSsDImn8YCz+SO';

it.each([
  ['without a comment', `ssh-ed25519 ${key}`],
  ['with another comment', `ssh-ed25519 ${key} of somebody else`],
  ['with blanks too many', `  ssh-ed25519   ${key}\n`],
  ['with another filling at its end', `ssh-ed25519 ${key}==`],
])('takes a key %s for the same', (_case, other) => {
  expect(isSameKey(`ssh-ed25519 ${key} comment`, other)).toBe(true);
});

it.each([
  ['of another number', `ssh-ed25519 ${key.replace('IL47', 'IL48')}`],
  ['of another type', `sk-ssh-ed25519@openssh.com ${key}`],
  ['that is none', 'ssh-ed25519'],
  ['that is a certificate', '-----BEGIN CERTIFICATE-----\nMIIC'],
])('tells a key apart from one %s', (_case, other) => {
  expect(isSameKey(`ssh-ed25519 ${key}`, other)).toBe(false);
  expect(isSameKey(other, `ssh-ed25519 ${key}`)).toBe(false);
});
