import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { DeployError, isTransientStatus } from '../../src/errors.ts';
import { Connections } from '../../src/openstack/connections.ts';
import { certificateCodes } from '../../src/openstack/fault.ts';

export interface DownloadOptions {
  readonly url: string;
  /** Where the proxies are said; see proxyFor. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** How long nothing may move. */
  readonly idleMs?: number;
}

/** A download whose answer is there, and whose content is on its way. */
export interface Download {
  /** Bytes; undefined when the mirror does not say. */
  readonly size: number | undefined;
  /** To be read once. Throws a retryable DeployError when it breaks off. */
  chunks(): AsyncGenerator<Buffer>;
  /** Lets go of the connection, whether all was read or not. */
  close(): Promise<void>;
}

const mostRedirects = 5;
const defaultIdleMs = 60_000;
const whereItEnds = 'Give the image the address that the mirror ends at';
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * GET of an image from a mirror, through the environment's proxies and after at most five redirects, none of which may
 * lead from https to http. Answers when the content begins. Throws a DeployError, retryable unless asking again is of no
 * use.
 */
export async function startDownload(options: DownloadOptions): Promise<Download> {
  const connections = new Connections({ env: options.environment, verify: true });
  const first = new URL(options.url);
  try {
    const { headers, body } = await follow(first, connections, options);
    return {
      size: sizeOf(headers),
      chunks: () => chunksOf(body, first, options.signal),
      close: () => connections.close(),
    };
  } catch (error) {
    await connections.close();
    throw error;
  }
}

async function follow(
  first: URL,
  connections: Connections,
  options: DownloadOptions,
): Promise<Dispatcher.ResponseData> {
  let url = first;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const response = await ask(url, first, connections, options);
    if (response.statusCode === 200) return response;
    await response.body.dump();
    if (!redirects.has(response.statusCode)) throw refused(first, response.statusCode);
    url = redirectTarget(url, first, response.headers.location);
  }
  throw failed(first, `it is redirected more than ${mostRedirects} times`, { retryable: false, hint: whereItEnds });
}

async function ask(
  url: URL,
  first: URL,
  connections: Connections,
  { signal, idleMs = defaultIdleMs }: DownloadOptions,
): Promise<Dispatcher.ResponseData> {
  // A packed answer would be of another size and digest.
  const headers = { accept: '*/*', 'accept-encoding': 'identity' };
  const { dispatcher, proxy } = connections.to(url, true);
  try {
    return await request(url, { dispatcher, signal, headers, headersTimeout: idleMs, bodyTimeout: idleMs });
  } catch (cause) {
    signal.throwIfAborted();
    throw broken(first, cause, proxy);
  }
}

/** Where a redirect from one address leads. Throws when that is nowhere, or from https to anything else. */
export function redirectTarget(from: URL, first: URL, location: string | string[] | undefined): URL {
  if (typeof location !== 'string' || !URL.canParse(location, from.href)) {
    throw failed(first, 'it is redirected to nowhere', { retryable: false, hint: whereItEnds });
  }
  const next = new URL(location, from);
  if (next.protocol === 'https:' || (next.protocol === 'http:' && from.protocol === 'http:')) return next;
  throw failed(first, `it is redirected from ${from.protocol.slice(0, -1)} to ${next.protocol.slice(0, -1)}`, {
    retryable: false,
    hint: 'Give the address that it is really at, if that one is to be trusted',
  });
}

async function* chunksOf(body: Readable, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (cause) {
    signal.throwIfAborted();
    throw broken(url, cause);
  }
}

function sizeOf(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const length = headers['content-length'];
  return typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined;
}

function refused(url: URL, status: number): DeployError {
  const retryable = isTransientStatus(status);
  const hint = retryable ? 'Try again later, or give another mirror' : 'Check the url of the image in clusters.yaml';
  return failed(url, `${url.host} answers ${status}`, { retryable, hint });
}

function broken(url: URL, cause: unknown, proxy?: URL): DeployError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (certificateCodes.test(code)) {
    return failed(url, `the certificate of ${url.host} is not trusted (${code})`, {
      retryable: false,
      hint: 'Have the worker trust its authority (NODE_EXTRA_CA_CERTS), or give another mirror',
      cause,
    });
  }
  const idle = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].includes(code);
  const way = proxy === undefined ? url.host : `${url.host} through the proxy ${proxy.host}`;
  const reason = idle ? `nothing came from ${way} for too long` : `the connection to ${way} failed (${code})`;
  return failed(url, reason, {
    retryable: true,
    hint: 'Check that the worker can reach it, if need be through HTTPS_PROXY; or give another mirror',
    cause,
  });
}

function failed(url: URL, reason: string, more: { retryable: boolean; hint?: string; cause?: unknown }): DeployError {
  const detail = { url: `${url.origin}${url.pathname}` };
  return new DeployError('image_download', `Downloading the image from ${url.host}: ${reason}`, { ...more, detail });
}
