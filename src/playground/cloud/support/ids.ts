import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** An id as Nova, Neutron, Glance and Heat give them. */
export function uuid(): string {
  return randomUUID();
}

/** An id as Keystone gives them: a UUID without its hyphens. */
export function hexId(): string {
  return randomUUID().replaceAll('-', '');
}

/** What Heat puts at the end of a name that it makes up. */
export function shortId(): string {
  return randomText(12, 'abcdefghijklmnopqrstuvwxyz234567');
}

/** A text of characters drawn from an alphabet. */
export function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** A token in the form of Keystone's, 183 characters that say nothing. */
export function opaqueToken(): string {
  return `gAAAAAB${randomBytes(132).toString('base64url')}`;
}

/** A MAC address in the range that Neutron uses. */
export function macAddress(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'));
  return ['fa', '16', '3e', ...tail].join(':');
}
