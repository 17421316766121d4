import { createHmac, type Hmac } from 'node:crypto';
import { OpenStackError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
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

/** What a URL allows that is signed for all objects whose names begin alike. */
export interface SignPrefixOptions extends Omit<SignUrlOptions, 'object'> {
  /** What their names begin with. */
  prefix: string;
  /** What stands behind it in the URL, as it is: a name, or a placeholder that whoever holds the URL replaces by one. */
  rest: string;
}

/**
 * A URL that allows one method on one object until a moment, to anybody who holds it. One for an object of segments
 * opens its segments with it.
 * The signature covers method, expiry and the unencoded path; see the documentation of Swift's tempurl middleware. A
 * Ceph object gateway takes the path with and without its own beginning (/swift), by its source; that was not tried.
 */
export function signUrl(options: SignUrlOptions): string {
  const { origin, path } = placeOf(options, options.object);
  const url = new URL(encoded(path), origin);
  signed(url, options, path);
  return url.href;
}

/**
 * A URL that allows one method on all objects of a prefix until a moment. The signature covers `prefix:` and the path up
 * to the prefix, which the URL has to name as well; see the documentation of Swift's tempurl middleware.
 */
export function signPrefixUrl(options: SignPrefixOptions): string {
  const { prefix, rest } = options;
  const { origin, path } = placeOf(options, prefix);
  const url = new URL(`${encoded(path)}${rest}`, origin);
  signed(url, options, `prefix:${path}`);
  url.searchParams.set('temp_url_prefix', prefix);
  return url.href;
}

/** The host and the unencoded path of what a container has under a name. */
function placeOf({ endpoint, container }: Pick<SignUrlOptions, 'endpoint' | 'container'>, name: string) {
  const account = new URL(endpoint);
  const path = `${decodeURIComponent(account.pathname).replace(/\/+$/, '')}/${container}/${name}`;
  return { origin: account.origin, path };
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Puts the signature over `what` and the moment of its end into the query. */
function signed(url: URL, options: Omit<SignUrlOptions, 'object'>, what: string): void {
  const { key, method, digest = 'sha256' } = options;
  const expires = Math.floor(options.expires.getTime() / 1000);
  const hmac = createHmac(digest, key.reveal()).update(`${method}\n${expires}\n${what}`);
  // Swift tells sha256 by the length of its hexadecimal form; sha512 has to be named, in URL-safe base 64.
  url.searchParams.set('temp_url_sig', digest === 'sha256' ? hmac.digest('hex') : `sha512:${urlSafe(hmac)}`);
  url.searchParams.set('temp_url_expires', String(expires));
}

/** Base 64 with its padding: Node's own base64url leaves that out. */
function urlSafe(hmac: Hmac): string {
  return hmac.digest('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** What is signed for an object or a prefix, but for what this cloud's Swift itself says. */
type Here<Options extends Omit<SignUrlOptions, 'object'>> = Omit<Options, 'endpoint' | 'expires' | 'method'> & {
  method?: SignUrlOptions['method'];
  lifetimeMs: number;
};

/**
 * A signed URL into this cloud's Swift that ends `lifetimeMs` from now, with a digest that this Swift takes.
 *
 * @throws OpenStackError when this Swift knows no signed URLs, or none with a good digest.
 */
export async function signObjectUrl(
  swift: ServiceClient,
  options: Here<SignUrlOptions>,
  signal?: AbortSignal,
): Promise<string> {
  return signUrl({ ...options, ...(await termsOf(swift, options, signal)) });
}

/** The same for all objects of a prefix. */
export async function signObjectsUrl(
  swift: ServiceClient,
  options: Here<SignPrefixOptions>,
  signal?: AbortSignal,
): Promise<string> {
  return signPrefixUrl({ ...options, ...(await termsOf(swift, options, signal)) });
}

async function termsOf(
  swift: ServiceClient,
  { lifetimeMs, method = 'GET', digest }: Pick<Here<SignUrlOptions>, 'lifetimeMs' | 'method' | 'digest'>,
  signal: AbortSignal | undefined,
) {
  const endpoint = await swift.endpoint(signal);
  const chosen = digest ?? (await signingDigest(swift, signal));
  return { endpoint, digest: chosen, method, expires: new Date(Date.now() + lifetimeMs) };
}

/** True for a Swift whose signed URLs let somebody read and write, and are signed well enough. */
export function canSign(tempUrl: SwiftInfo['tempUrl']): boolean {
  if (!tempUrl?.methods.includes('GET') || !tempUrl.methods.includes('PUT')) return false;
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
