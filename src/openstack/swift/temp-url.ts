import { createHmac, type Hmac } from 'node:crypto';
import { OpenStackError } from '../../errors.ts';
import type { Secret } from '../secret.ts';
import type { ServiceClient } from '../service-client.ts';
import { type SwiftInfo, swiftInfo } from './info.ts';

/** How a URL may be signed. Swift knows SHA-1 as well, which nobody should rely on any more. */
export type SigningDigest = (typeof goodDigests)[number];

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
  digest?: SigningDigest;
}

/** The better known one first. */
const goodDigests = ['sha256', 'sha512'] as const;

/**
 * A URL that allows one method on one object until a moment, to anybody who holds it. One for an object of segments
 * opens its segments with it.
 * The signature covers method, expiry and the unencoded path; see the documentation of Swift's tempurl middleware. A
 * Ceph object gateway takes the path with and without its own beginning (/swift), by its source; that was not tried.
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

/**
 * A signed URL into this cloud's Swift that ends `lifetimeMs` from now, with a digest that this Swift takes.
 *
 * @throws OpenStackError when this Swift knows no signed URLs, or none with a good digest.
 */
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
  const digest = rest.digest ?? (await signingDigest(swift, signal));
  return signUrl({ ...rest, endpoint, digest, method, expires: new Date(Date.now() + lifetimeMs) });
}

/** True for a Swift whose signed URLs let somebody read, and are signed well enough. */
export function canSign(tempUrl: SwiftInfo['tempUrl']): boolean {
  if (!tempUrl?.methods.includes('GET')) return false;
  return goodDigestOf(tempUrl) !== undefined;
}

function goodDigestOf({ digests }: NonNullable<SwiftInfo['tempUrl']>): SigningDigest | undefined {
  return goodDigests.find((good) => digests.includes(good));
}

/** The digest to sign with here. */
async function signingDigest(swift: ServiceClient, signal: AbortSignal | undefined): Promise<SigningDigest> {
  const { tempUrl } = await swiftInfo(swift, signal);
  if (tempUrl === undefined) throw cannotSign('this Swift has no signed URLs', 'Ask the cloud to switch tempurl on');
  const digest = goodDigestOf(tempUrl);
  if (digest !== undefined) return digest;
  throw cannotSign(
    `this Swift takes no signature but ${tempUrl.digests.join(', ')}`,
    'Ask the cloud to add sha256 to allowed_digests of tempurl',
  );
}

function cannotSign(reason: string, hint: string): OpenStackError {
  const context = { service: 'Swift', method: 'GET', path: '/info', status: 200 };
  return new OpenStackError(`Signing a URL: ${reason}`, context, { hint, retryable: false });
}
