import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { Connections } from '../../src/openstack/connections.ts';
import { brokenDownload, refusedDownload, type Subject } from './download-error.ts';
import { grantedRange, lengthOf, rangeHeaders, type Stopped, validatorOf } from './ranges.ts';
import { misled, redirects, redirectTarget } from './redirect-target.ts';

export interface DownloadOptions extends Subject {
  readonly url: string;
  /** Where the proxies are said; see proxyFor. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** How long nothing may move. */
  readonly idleMs?: number | undefined;
  /** Goes on where an earlier download stopped, if the mirror still has the same and can do that. */
  readonly from?: Stopped | undefined;
}

/** A download whose answer is there, and whose content is on its way. */
export interface Download {
  /** The first byte that comes: the one that was asked for, or 0 when the mirror begins anew. */
  readonly from: number;
  /** Bytes of the whole; undefined when the mirror does not say. */
  readonly size: number | undefined;
  /** What a later download may go on with; undefined when the mirror gives no means to. */
  readonly validator: string | undefined;
  /** To be read once. Throws a retryable DeployError when it breaks off. */
  chunks(): AsyncGenerator<Buffer>;
  /** Lets go of the connection, whether all was read or not. */
  close(): Promise<void>;
}

const mostRedirects = 5;
const defaultIdleMs = 60_000;

/**
 * GET of a file from a mirror, through the environment's proxies and after at most five redirects, none of which may
 * lead from https to http. Answers when the content begins. Throws a DeployError, retryable unless asking again is of no
 * use; the status of an answer that brings nothing is in its `detail`.
 */
export async function startDownload(options: DownloadOptions): Promise<Download> {
  const connections = new Connections({ env: options.environment, verify: true });
  try {
    const { body, ...begun } = await begin(connections, options);
    return {
      ...begun,
      chunks: () => chunksOf(body, options),
      close: () => connections.close(),
    };
  } catch (error) {
    await connections.close();
    throw error;
  }
}

type Begun = Pick<Download, 'from' | 'size' | 'validator'> & { readonly body: Readable };

async function begin(connections: Connections, options: DownloadOptions): Promise<Begun> {
  const { from, ...anew } = options;
  const { statusCode, headers, body } = await follow(connections, options);
  const validator = validatorOf(headers);
  if (statusCode === 200) return { from: 0, size: lengthOf(headers), validator, body };
  const granted = from && statusCode === 206 ? grantedRange(headers, from) : undefined;
  if (from && granted) return { from: from.byte, size: granted.size, validator: from.validator, body };
  await body.dump();
  // 206 with something else than was asked for, or 416: the file is not what it was, or the mirror cannot do this.
  if (from && [206, 416].includes(statusCode)) return begin(connections, anew);
  throw refusedDownload(new URL(options.url), options, statusCode);
}

/** The first answer that is no redirect. */
async function follow(connections: Connections, options: DownloadOptions): Promise<Dispatcher.ResponseData> {
  const first = new URL(options.url);
  let url = first;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const response = await ask(url, first, connections, options);
    if (!redirects.has(response.statusCode)) return response;
    await response.body.dump();
    url = redirectTarget(url, response.headers.location, first, options);
  }
  throw misled(first, options, `it is redirected more than ${mostRedirects} times`);
}

async function ask(
  url: URL,
  first: URL,
  connections: Connections,
  options: DownloadOptions,
): Promise<Dispatcher.ResponseData> {
  const { signal, idleMs = defaultIdleMs, from } = options;
  // A packed answer would be of another size and digest.
  const headers = { accept: '*/*', 'accept-encoding': 'identity', ...(from && rangeHeaders(from)) };
  const { dispatcher, proxy } = connections.to(url, true);
  try {
    return await request(url, { dispatcher, signal, headers, headersTimeout: idleMs, bodyTimeout: idleMs });
  } catch (cause) {
    signal.throwIfAborted();
    throw brokenDownload(first, options, cause, proxy);
  }
}

async function* chunksOf(body: Readable, options: DownloadOptions): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (cause) {
    options.signal.throwIfAborted();
    throw brokenDownload(new URL(options.url), options, cause);
  }
}
