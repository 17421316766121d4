import { randomBytes, randomInt } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An id in Slack's manner: a letter that tells the kind, then upper-case letters and digits. */
export function randomId(prefix: string, length = 10): string {
  return prefix + Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Hexadecimal text that nobody can guess. */
export function randomSecret(bytes = 16): string {
  return randomBytes(bytes).toString('hex');
}

/** Now, in milliseconds since 1970. A parameter wherever time decides something, so that tests own it. */
export type Clock = () => number;

/** Message timestamps as Slack makes them: seconds, a dot and six digits; unique and growing, so that they serve as ids. */
export function createTimestamps(now: Clock): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, now() * 1000);
    return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
  };
}
