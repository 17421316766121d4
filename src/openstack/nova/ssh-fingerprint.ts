import { createHash } from 'node:crypto';
import { ConfigError } from '../../errors.ts';

/**
 * The fingerprint that Nova keeps of an OpenSSH public key (`ssh-ed25519 AAAA… comment`): the MD5 of the key itself as
 * pairs of hexadecimal digits with colons. Names a key; protects nothing.
 *
 * @throws ConfigError for a text that is no such key.
 */
export function sshFingerprint(publicKey: string): string {
  const [type, encoded] = publicKey.trim().split(/\s+/);
  const key = Buffer.from(encoded ?? '', 'base64');
  if (!type || key.length === 0 || declaredType(key) !== type) {
    throw new ConfigError('The public key cannot be used', [
      'It is not an OpenSSH public key; write the one line of a file such as ~/.ssh/id_ed25519.pub',
    ]);
  }
  const digest = createHash('md5').update(key).digest('hex');
  return digest.match(/../g)?.join(':') ?? digest;
}

/** The type inside the key: a length in four bytes, then that many letters (RFC 4253, section 6.6). */
function declaredType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}
