import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Size in bytes, and digests in hexadecimal. */
export interface Measured {
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly sha512: string;
}

/** What a file should be. */
export interface Expected {
  readonly sha512?: string | undefined;
  readonly sha256?: string | undefined;
}

const algorithms = [
  ['sha512', 'SHA-512'],
  ['sha256', 'SHA-256'],
] as const;

/** Reads a file once, a piece at a time, for its size and digests. Throws the signal's reason when it is aborted. */
export async function measure(path: string, signal: AbortSignal): Promise<Measured> {
  const hashes = { md5: createHash('md5'), sha256: createHash('sha256'), sha512: createHash('sha512') };
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    signal.throwIfAborted();
    for (const hash of Object.values(hashes)) hash.update(chunk);
    size += chunk.length;
  }
  const { md5, sha256, sha512 } = hashes;
  return { size, md5: md5.digest('hex'), sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

/** How a file differs from what was expected, as the end of a sentence; undefined when it does not. */
export function difference(measured: Measured, expected: Expected): string | undefined {
  for (const [algorithm, name] of algorithms) {
    const wanted = expected[algorithm];
    if (wanted !== undefined && wanted !== measured[algorithm]) {
      return `has the ${name} ${beginningOf(measured[algorithm])}, not ${beginningOf(wanted)}`;
    }
  }
  return undefined;
}

/** True when there is something to tell the right file by. */
export function isChecked({ sha512, sha256 }: Expected): boolean {
  return sha512 !== undefined || sha256 !== undefined;
}

/** Enough for a person to compare. */
function beginningOf(digest: string): string {
  return `${digest.slice(0, 12)}…`;
}
