import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A fresh Ed25519 key in OpenSSH's form, and a keypair name that no other key has. The private half is not kept. */
export function makePublicKey(): { name: string; publicKey: string } {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([lengthPrefixed(Buffer.from('ssh-ed25519')), lengthPrefixed(raw)]);
  const fingerprint = createHash('sha256').update(blob).digest('hex').slice(0, 8);
  return { name: `slipway-demo-${fingerprint}`, publicKey: `ssh-ed25519 ${blob.toString('base64')} slipway-demo` };
}

/** An image file of a mebibyte for clouds whose servers never boot. The same bytes each time. */
export async function makeBlankImage(directory: string): Promise<{ name: string; file: string }> {
  const file = join(directory, 'blank.img');
  await writeFile(file, Buffer.alloc(1024 * 1024));
  return { name: 'slipway-demo-blank', file };
}

/** RFC 4251, section 5: a string is its length as four bytes, then its bytes. */
function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
