import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** The types of keys that every Nova takes. */
export type KeyType = 'ssh-ed25519' | 'ssh-rsa' | 'ecdsa-sha2-nistp256';

/** A fresh key in OpenSSH's one-line form: its type and its numbers, each behind its length. */
export function newPublicKey(type: KeyType = 'ssh-ed25519'): string {
  return line(type, numbersOf(type));
}

/** A fresh key that only a security key has the private half of; Novas before 2024 do not know the type. */
export function newSecurityKey(): string {
  return line('sk-ssh-ed25519@openssh.com', [randomBytes(32), Buffer.from('ssh:')]);
}

function line(type: string, numbers: readonly Buffer[]): string {
  const key = Buffer.concat([Buffer.from(type), ...numbers].map(behindLength));
  return `${type} ${key.toString('base64')} contract`;
}

function numbersOf(type: KeyType): Buffer[] {
  switch (type) {
    case 'ssh-ed25519':
      return [spki(generateKeyPairSync('ed25519').publicKey).subarray(-32)];
    case 'ssh-rsa': {
      const { e = '', n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
        format: 'jwk',
      });
      // A number whose first bit is set would be taken for a negative one.
      return [Buffer.from(e, 'base64url'), Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')])];
    }
    case 'ecdsa-sha2-nistp256': {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      return [Buffer.from('nistp256'), spki(publicKey).subarray(-65)];
    }
  }
}

function spki(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

function behindLength(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
