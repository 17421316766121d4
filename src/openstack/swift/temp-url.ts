import { createHmac, type Hmac, randomBytes } from 'node:crypto';
import { OpenStackError } from '../../errors.ts';
import { Secret } from '../secret.ts';
import type { ServiceClient } from '../service-client.ts';
import { findContainer, setContainerMetadata } from './containers.ts';

/** What a signed URL allows. */
export interface SignUrlOptions {
  /** Swift's address with the account: `https://host/v1/AUTH_…`. */
  endpoint: string;
  container: string;
  object: string;
  /** The container's key, see ensureTempUrlKey. */
  key: Secret;
  /** GET allows HEAD too. */
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  expires: Date;
  digest?: 'sha256' | 'sha512';
}

/** The metadata name under which Swift's tempurl middleware looks for a container's key. */
const keyName = 'temp-url-key';

/**
 * The key that signs URLs into a container: made once of 32 random bytes, kept by Swift in the container's own metadata
 * and read back from there, so that whoever comes second uses the first one's. Do not run it twice side by side for one
 * container: the later key would undo what the earlier one signed. 404 if there is no such container.
 */
export async function ensureTempUrlKey(swift: ServiceClient, container: string, signal?: AbortSignal): Promise<Secret> {
  const existing = await tempUrlKey(swift, container, signal);
  if (existing !== undefined) return existing;

  await setContainerMetadata(swift, container, { [keyName]: randomBytes(32).toString('hex') }, signal);
  const kept = await tempUrlKey(swift, container, signal);
  if (kept !== undefined) return kept;
  throw new OpenStackError(
    `Making a key for signed URLs into ${container}: Swift did not keep it`,
    { service: 'Swift', method: 'POST', path: `/${container}` },
    { hint: 'Ask the cloud whether its object store supports signed URLs (tempurl)', retryable: false },
  );
}

async function tempUrlKey(swift: ServiceClient, container: string, signal?: AbortSignal): Promise<Secret | undefined> {
  const key = (await findContainer(swift, container, signal))?.metadata[keyName];
  return key === undefined ? undefined : new Secret(key);
}

/**
 * A URL that allows one method on one object until a moment, to anybody who holds it.
 * The signature covers method, expiry and the unencoded path; see the documentation of Swift's tempurl middleware.
 */
export function signUrl(options: SignUrlOptions): string {
  const { endpoint, container, object, key, method, digest = 'sha256' } = options;
  const expires = Math.floor(options.expires.getTime() / 1000);
  const account = new URL(endpoint);
  const path = `${decodeURIComponent(account.pathname).replace(/\/+$/, '')}/${container}/${object}`;
  const hmac = createHmac(digest, key.reveal()).update(`${method}\n${expires}\n${path}`);

  const url = new URL(path.split('/').map(encodeURIComponent).join('/'), account.origin);
  // Swift tells sha256 by the length of its hexadecimal form; sha512 has to be named, in URL-safe base 64.
  url.searchParams.set('temp_url_sig', digest === 'sha256' ? hmac.digest('hex') : `sha512:${urlSafe(hmac)}`);
  url.searchParams.set('temp_url_expires', String(expires));
  return url.href;
}

/** Base 64 with its padding: Node's own base64url leaves that out. */
function urlSafe(hmac: Hmac): string {
  return hmac.digest('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** A signed URL into this cloud's Swift that ends `lifetimeMs` from now. Nothing is sent but the look-up of Swift. */
export async function signObjectUrl(
  swift: ServiceClient,
  options: Omit<SignUrlOptions, 'endpoint' | 'expires' | 'method'> & {
    method?: SignUrlOptions['method'];
    lifetimeMs: number;
  },
  signal?: AbortSignal,
): Promise<string> {
  const { lifetimeMs, method = 'GET', ...rest } = options;
  const endpoint = await swift.endpoint(signal);
  return signUrl({ ...rest, endpoint, method, expires: new Date(Date.now() + lifetimeMs) });
}
