import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** A public key that Nova puts on servers. It belongs to the user, not to the project. */
export interface Keypair {
  name: string;
  /** MD5 of the key as pairs of hexadecimal digits with colons; see sshFingerprint. */
  fingerprint: string;
  publicKey: string;
}

interface WireKeypair {
  keypair: { name: string; fingerprint: string; public_key: string };
}

/** GET /os-keypairs/{name}: the user's keypair, or undefined if there is none. */
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

/** POST /os-keypairs: imports an OpenSSH public key. 409 if the user has one of that name, 400 for what is no key. */
export async function createKeypair(
  nova: ServiceClient,
  { name, publicKey }: { name: string; publicKey: string },
  signal?: AbortSignal,
): Promise<Keypair> {
  const wire = await nova.post<WireKeypair>(['os-keypairs'], {
    doing: `Importing the keypair ${name}`,
    ok: [200, 201],
    headers: novaHeaders,
    body: { keypair: { name, type: 'ssh', public_key: publicKey.trim() } },
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
  return { name: keypair.name, fingerprint: keypair.fingerprint, publicKey: keypair.public_key };
}
