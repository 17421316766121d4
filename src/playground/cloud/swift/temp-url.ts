import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../http/exchange.ts';
import { swiftMessage } from './errors.ts';
import type { SwiftState } from './state.ts';

/** Below this path the playground's Swift lies; a Swift of its own host has nothing there. */
export const swiftPrefix = '/swift';

/** The digests that signatures may use. */
export const digests = ['sha1', 'sha256', 'sha512'] as const;

const hexLengths: Readonly<Record<number, string>> = { 40: 'sha1', 64: 'sha256', 128: 'sha512' };

/** True if the request claims to be signed. */
export function isSigned(exchange: Exchange): boolean {
  return exchange.query.has('temp_url_sig') || exchange.query.has('temp_url_expires');
}

/** How far a permission reaches: a signature of a container's key opens no segment that lies in another container. */
export type Reach = 'account' | 'container';

/**
 * Makes sure that a signed request carries a good signature: of the container's or the account's key, over a method that
 * allows this one, the moment it ends, and the path. 401 otherwise. Documented with Swift's tempurl middleware.
 */
export function checkSignature(swift: SwiftState, exchange: Exchange, account: string, container: string): Reach {
  const given = readSignature(exchange.query.get('temp_url_sig') ?? '');
  const expires = expiry(exchange.query.get('temp_url_expires') ?? '');
  if (given === undefined || expires <= Date.now() / 1000) throw invalid();
  const keys = keysOf(swift, account, container);
  const isGood = (key: string, method: string, path: string): boolean =>
    timingSafeEqualTexts(given.hex, sign(given.digest, key, method, expires, path));
  const paths = signedPaths(exchange);
  const methods = methodsThatAllow(exchange.method);
  const used = keys.find(({ key }) => methods.some((method) => paths.some((path) => isGood(key, method, path))));
  if (used === undefined) throw invalid();
  return used.reach;
}

/** The signature that allows `method` on `path` until `expires`, in seconds. */
export function sign(digest: string, key: string, method: string, expires: number, path: string): string {
  return createHmac(digest, key).update(`${method}\n${expires}\n${path}`).digest('hex');
}

/** The headers that a download by signed URL carries beside the object's own. */
export function downloadHeaders(exchange: Exchange, object: string): Record<string, string> {
  const { query } = exchange;
  const name = query.get('filename') ?? object.split('/').at(-1) ?? object;
  const kind = query.has('inline') ? 'inline' : 'attachment';
  const expires = expiry(query.get('temp_url_expires') ?? '');
  return {
    'content-disposition': `${kind}; filename="${name.replaceAll('"', '%22')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    expires: new Date(expires * 1000).toUTCString(),
  };
}

function readSignature(signature: string): { digest: string; hex: string } | undefined {
  const named = /^(sha1|sha256|sha512):(.+)$/.exec(signature);
  if (named?.[1] !== undefined && named[2] !== undefined) {
    return { digest: named[1], hex: Buffer.from(named[2], 'base64url').toString('hex') };
  }
  const digest = hexLengths[signature.length];
  return digest === undefined ? undefined : { digest, hex: signature };
}

function expiry(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? 0 : Math.floor(parsed / 1000);
}

function keysOf(swift: SwiftState, account: string, container: string): { key: string; reach: Reach }[] {
  const owner = swift.accounts.get(account);
  const headers = { account: owner?.headers, container: owner?.containers.get(container)?.headers };
  return (['account', 'container'] as const).flatMap((reach) =>
    ['', '-2'].flatMap((n) => {
      const key = headers[reach]?.get(`x-${reach}-meta-temp-url-key${n}`);
      return key === undefined ? [] : [{ key, reach }];
    }),
  );
}

function methodsThatAllow(method: string): string[] {
  return method === 'HEAD' ? ['HEAD', 'GET', 'PUT', 'POST'] : [method];
}

/**
 * What may have been signed. A client signs the path of the URL that it knows; Swift's own tools sign it from /v1 on,
 * which is another path here because the playground's Swift shares its host with other services.
 */
function signedPaths(exchange: Exchange): string[] {
  const path = decodeURIComponent(exchange.url.pathname);
  const paths = [path, path.slice(swiftPrefix.length)];
  const prefix = exchange.query.get('temp_url_prefix');
  if (prefix === null) return paths;
  return paths.flatMap((one) => {
    const match = /^(.*?\/v1\/[^/]+\/[^/]+\/)(.*)$/.exec(one);
    return match?.[2]?.startsWith(prefix) === true ? [`prefix:${match[1]}${prefix}`] : [];
  });
}

function timingSafeEqualTexts(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(): Error {
  return swiftMessage(401, '401 Unauthorized: Temp URL invalid\n', { 'www-authenticate': 'Swift realm="unknown"' });
}
