import { generateKeyPairSync } from 'node:crypto';

/** A fresh ed25519 key in OpenSSH's one-line form: its type and its 32 bytes, each behind its length. */
export function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const part = (content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  const key = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(bytes)]);
  return `ssh-ed25519 ${key.toString('base64')} contract`;
}
