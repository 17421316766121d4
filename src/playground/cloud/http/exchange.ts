import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';

/** One request as a handler sees it. */
export interface Exchange {
  readonly method: string;
  /** Everything after the host, as sent. */
  readonly url: URL;
  /** What the route's pattern captured, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly request: IncomingMessage;
  readonly requestId: string;
}

/** What a handler answers: an object as JSON, a text or a stream as it is. */
export interface Reply {
  status: number;
  headers?: Record<string, string | number>;
  body?: object | string | null;
  stream?: Readable;
}

/** A handler that anybody may call. */
export type OpenHandler = (world: World, exchange: Exchange) => Reply | Promise<Reply>;

/** A handler that needs a token of a project. */
export type Handler = (world: World, exchange: Exchange, caller: Caller) => Reply | Promise<Reply>;

/** One line of a service's table of routes. `:name` captures a segment, `*name` all that is left. */
export type Route =
  | { method: string; path: string; open: OpenHandler }
  | { method: string; path: string; handle: Handler };

/** A service below a path of its own, with its own way to put errors. */
export interface Service {
  name: string;
  prefix: string;
  routes: readonly Route[];
  /** Puts an error into the service's words. */
  refuse(error: ApiError, exchange: Exchange): Reply;
  /** Headers that every answer carries. */
  headers?(exchange: Exchange, reply: Reply): Record<string, string>;
}

/** Above this a JSON body is refused, as Heat does with its max_json_body_size. */
const largestJsonBody = 1024 * 1024;

/** The body as a JSON object; an empty one as {}. */
export async function readJson(exchange: Exchange): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestJsonBody) {
      throw new ApiError(
        400,
        'RequestLimitExceeded',
        `Request limit exceeded: JSON body size exceeds maximum allowed size (${largestJsonBody} bytes).`,
      );
    }
    chunks.push(chunk);
  }
  return parseObject(Buffer.concat(chunks).toString('utf8'));
}

function parseObject(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError(400, 'HTTPBadRequest', 'Malformed JSON in request body.');
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new ApiError(400, 'HTTPBadRequest', 'The request body must be a JSON object.');
}
