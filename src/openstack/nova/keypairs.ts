import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';
import { novaHeaders } from './microversion.ts';

/** A public key that Nova puts on servers. It belongs to the user, not to the project. */
export interface Keypair {
  name: string;
  /** `ssh`; `x509` for a certificate, which only Windows takes. */
  type: string;
  /** See sshFingerprint, and isSameKey for why not to go by it. */
  fingerprint: string;
  publicKey: string;
}

interface WireKeypair {
  keypair: { name: string; type: string; fingerprint: string; public_key: string };
}

/** GET /os-keypairs: the user's keypairs. */
export async function listKeypairs(
  nova: ServiceClient,
  { pageSize }: { pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Keypair[]> {
  const keypairs = await listAll<WireKeypair>(
    nova,
    {
      path: ['os-keypairs'],
      key: 'keypairs',
      doing: 'Listing the keypairs',
      pageSize,
      markerOf: ({ keypair }) => keypair.name,
    },
    signal,
  );
  return keypairs.map(keypairFrom);
}

/** GET /os-keypairs/{name}: the user's keypair, or undefined if there is none. Most Novas do not mind capital letters. */
export async function findKeypair(
  nova: ServiceClient,
  name: string,
  signal?: AbortSignal,
): Promise<Keypair | undefined> {
  const { status, text } = await nova.call('GET', ['os-keypairs', name], {
    doing: `Looking for the keypair ${name}`,
    ok: [200, 404],
    headers: novaHeaders,
    signal,
  });
  return status === 404 ? undefined : keypairFrom(JSON.parse(text));
}

/**
 * POST /os-keypairs: imports an OpenSSH public key. 409 if the user has one of that name, 403 when that is one too many,
 * 400 for what is no key, a key of a type that this Nova does not know (`sk-…`, say) and a name with other characters
 * than letters, digits, blanks, `_` and `-`. Nova would also make a key, but not from 2.92 on; Slipway never asks for it.
 */
export async function createKeypair(
  nova: ServiceClient,
  { name, publicKey }: { name: string; publicKey: string },
  signal?: AbortSignal,
): Promise<Keypair> {
  const wire = await nova.post<WireKeypair>(['os-keypairs'], {
    doing: `Importing the keypair ${name}`,
    ok: [200, 201],
    headers: novaHeaders,
    // Two blanks behind the type would make Nova take the fingerprint of nothing.
    body: { keypair: { name, type: 'ssh', public_key: publicKey.trim().split(/\s+/).join(' ') } },
    signal,
  });
  return keypairFrom(wire);
}

/** DELETE /os-keypairs/{name}: gone is success. Servers that have it keep it. */
export async function deleteKeypair(nova: ServiceClient, name: string, signal?: AbortSignal): Promise<void> {
  await nova.delete(['os-keypairs', name], {
    doing: `Deleting the keypair ${name}`,
    ok: [202, 204, 404],
    headers: novaHeaders,
    signal,
  });
}

function keypairFrom({ keypair }: WireKeypair): Keypair {
  return { name: keypair.name, type: keypair.type, fingerprint: keypair.fingerprint, publicKey: keypair.public_key };
}
