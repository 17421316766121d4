import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { sshFingerprint } from '../../../src/openstack/nova/ssh-fingerprint.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIL47WV+QysRYPIeanLP3GAjtSYfFfBjSsDImn8YCz+SO';

it.each([`ssh-ed25519 ${key} contract@example.org`, `  ssh-ed25519   ${key}\n`])('reads %j', (line) => {
  // What `ssh-keygen -l -E md5` prints for this key.
  expect(sshFingerprint(line)).toBe('d7:e0:a3:2c:27:28:92:71:ee:91:8d:3a:41:96:07:ae');
});

it.each([
  ['nothing', ''],
  ['a type alone', 'ssh-ed25519'],
  ['a type and its name again', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'],
  ['the wrong type', `ssh-rsa ${key}`],
  ['a key that was cut off', `ssh-ed25519 ${key.slice(0, -8)}`],
  ['a key that was cut off in a length', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA'],
  ['two keys', `ssh-ed25519 ${key}\nssh-ed25519 ${key}`],
  ['a line with options', `from="10.0.0.1" ssh-ed25519 ${key}`],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['prose', 'not a key'],
])('refuses %s', (_case, text) => {
  expect(() => sshFingerprint(text)).toThrow(ConfigError);
});
