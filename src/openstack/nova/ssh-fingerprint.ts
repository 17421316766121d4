import { createHash } from 'node:crypto';
import { ConfigError } from '../../errors.ts';

/**
 * The fingerprint that Nova keeps of an OpenSSH public key (`ssh-ed25519 AAAA… comment`), of whatever type: the MD5 of
 * the key itself as pairs of hexadecimal digits with colons, as `ssh-keygen -l -E md5` shows it. Names a key; protects
 * nothing.
 *
 * @throws ConfigError for a text that is no such key.
 */
export function sshFingerprint(publicKey: string): string {
  const [type, encoded] = publicKey.trim().split(/\s+/);
  const key = Buffer.from(encoded ?? '', 'base64');
  const [declaredType, ...numbers] = partsOf(key);
  if (declaredType?.toString('latin1') !== type || numbers.length === 0 || publicKey.trim().includes('\n')) {
    throw new ConfigError('The public key cannot be used', [
      'It is not a whole OpenSSH public key; write the one line of a file such as ~/.ssh/id_ed25519.pub',
    ]);
  }
  const digest = createHash('md5').update(key).digest('hex');
  return digest.match(/../g)?.join(':') ?? digest;
}

/**
 * What a key is made of: its type and its numbers, each behind its length in four bytes (RFC 4253, section 6.6). Nothing
 * for one of which a part is missing.
 */
function partsOf(key: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < key.length; ) {
    if (at + 4 > key.length) return [];
    const end = at + 4 + key.readUInt32BE(at);
    if (end > key.length) return [];
    parts.push(key.subarray(at + 4, end));
    at = end;
  }
  return parts;
}
