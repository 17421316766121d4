import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { sshFingerprint } from '../../../src/openstack/nova/ssh-fingerprint.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIL47WV+QysRYPIeanLP3GAjtSYfFfBjSsDImn8YCz+SO';

it.each([`ssh-ed25519 ${key} contract@example.org`, `  ssh-ed25519   ${key}\n`])('reads %j', (line) => {
  // What `ssh-keygen -l -E md5` prints for this key.
  expect(sshFingerprint(line)).toBe('d7:e0:a3:2c:27:28:92:71:ee:91:8d:3a:41:96:07:ae');
});

it.each(['', 'ssh-ed25519', `ssh-rsa ${key}`, '-----BEGIN OPENSSH PRIVATE KEY-----', 'not a key'])(
  'refuses %j',
  (text) => {
    expect(() => sshFingerprint(text)).toThrow(ConfigError);
  },
);
