import { createHash, generateKeyPairSync } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { microseconds } from '../support/times.ts';
import { isMap, textOf } from '../support/values.ts';
import { atLeast } from './microversion.ts';
import { checkCount, quotaOf } from './quotas.ts';
import type { Keypair, NovaState } from './state.ts';

/** A keypair that was made, with the private key if Nova made that too. */
export interface MadeKeypair {
  keypair: Keypair;
  privateKey: string | undefined;
}

/** Imports a public key under a name, or makes one; 409 if the user has one of that name. */
export function createKeypair(
  nova: NovaState,
  { userId, projectId }: Pick<Caller, 'userId' | 'projectId'>,
  body: Record<string, unknown>,
  version = '2.1',
): MadeKeypair {
  const given = isMap(body.keypair) ? body.keypair : {};
  const name = textOf(given.name);
  if (name === undefined) throw missing(given, 'name');
  if (atLeast(version, '2.92') && given.public_key === undefined) throw missing(given, 'public_key');
  const pair =
    given.public_key === undefined
      ? generateKey()
      : { publicKey: String(given.public_key).trim(), privateKey: undefined };
  checkName(name, version);
  checkCount(keypairsOf(nova, userId).length + 1, quotaOf(nova, projectId).keyPairs, 'key pairs.');
  const fingerprint = fingerprintOf(pair.publicKey);
  if (findKeypair(nova, userId, name) !== undefined) {
    throw new ApiError(409, 'conflictingRequest', `Key pair '${name}' already exists.`);
  }
  const keypair = {
    id: nova.keypairs.length + 1,
    name,
    userId,
    publicKey: pair.publicKey,
    fingerprint,
    createdAt: new Date(),
  };
  nova.keypairs.push(keypair);
  return { keypair, privateKey: pair.privateKey };
}

/** The user's keypairs, by name. */
export function keypairsOf(nova: NovaState, userId: string): Keypair[] {
  return nova.keypairs
    .filter((pair) => pair.userId === userId)
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** The user's keypair of that name; Nova's database does not mind capital letters. */
export function findKeypair(nova: NovaState, userId: string, name: string): Keypair | undefined {
  return keypairsOf(nova, userId).find((pair) => pair.name.toLowerCase() === name.toLowerCase());
}

/** The user's keypair of that name, or a 404. */
export function keypairOf(nova: NovaState, userId: string, name: string): Keypair {
  const keypair = findKeypair(nova, userId, name);
  if (keypair === undefined) throw new ApiError(404, 'itemNotFound', `Keypair ${name} not found for user ${userId}`);
  return keypair;
}

/** Deletes the user's keypair of that name. */
export function deleteKeypair(nova: NovaState, userId: string, name: string): void {
  nova.keypairs.splice(nova.keypairs.indexOf(keypairOf(nova, userId, name)), 1);
}

/** A keypair as listings have it. */
export function keypairSummary({ name, publicKey, fingerprint }: Keypair, version = '2.1'): Record<string, unknown> {
  return { name, public_key: publicKey, fingerprint, ...(atLeast(version, '2.2') ? { type: 'ssh' } : {}) };
}

/** A keypair with all that Nova keeps of it. */
export function keypairView(keypair: Keypair, version = '2.1'): Record<string, unknown> {
  return {
    ...keypairSummary(keypair, version),
    user_id: keypair.userId,
    created_at: microseconds(keypair.createdAt),
    deleted: false,
    deleted_at: null,
    id: keypair.id,
    updated_at: null,
  };
}

function missing(given: Record<string, unknown>, name: string): ApiError {
  return new ApiError(
    400,
    'badRequest',
    `Invalid input for field/attribute keypair. Value: ${JSON.stringify(given)}. '${name}' is a required property`,
  );
}

/** Before 2.92 a name is of letters, digits, blanks, underscores and hyphens. */
function checkName(name: string, version: string): void {
  const characters = '_- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const known = atLeast(version, '2.92') ? `${characters}@.` : characters;
  if ([...name].every((character) => known.includes(character))) return;
  throw new ApiError(
    400,
    'badRequest',
    `An invalid 'name' value was provided. The name must be: Only expected characters: [${known}]`,
  );
}

/** The types of keys that the release Zed knows; not those of security keys. */
const knownTypes = /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521))$/;

/** MD5 of the key itself, in pairs: what Nova shows of an SSH key, and of nothing when a blank is too much. */
function fingerprintOf(publicKey: string): string {
  const [type = '', data = ''] = publicKey.split(/\s+/);
  const bytes = Buffer.from(data, 'base64');
  if (!knownTypes.test(type) || bytes.length < 32 || !bytes.subarray(4).toString('latin1').startsWith(type)) {
    throw new ApiError(400, 'badRequest', 'Keypair data is invalid: failed to generate fingerprint');
  }
  return createHash('md5')
    .update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
    .digest('hex')
    .replace(/..(?=.)/g, '$&:');
}

function generateKey(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const wire = Buffer.concat([sized(Buffer.from('ssh-ed25519')), sized(raw)]);
  return {
    publicKey: `ssh-ed25519 ${wire.toString('base64')} Generated-by-Nova`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
