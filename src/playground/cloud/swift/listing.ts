import type { Exchange, Reply } from '../http/exchange.ts';
import { swiftMessage } from './errors.ts';

/** Both the most and the usual number of entries of a listing. */
export const listingLimit = 10_000;

/** A line of a listing: of a container, an object, or a folder that `delimiter` makes up. */
export interface Line {
  name: string;
  json: object;
}

/** Answers a listing as Swift does: JSON or names, by prefix, delimiter, marker, end_marker and limit. */
export function listing(exchange: Exchange, lines: readonly Line[], headers: Record<string, string | number>): Reply {
  const page = pageOf(exchange.query, lines);
  if (wantsJson(exchange)) {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    return { status: 200, headers: { ...headers, ...type }, body: page.map(({ json }) => json) };
  }
  const body = page.map(({ name }) => `${name}\n`).join('');
  const type = { 'content-type': 'text/plain; charset=utf-8', vary: 'Accept' };
  return { status: body === '' ? 204 : 200, headers: { ...headers, ...type }, body };
}

function wantsJson(exchange: Exchange): boolean {
  const format = exchange.query.get('format');
  return format === null ? (exchange.headers.accept ?? '').includes('application/json') : format === 'json';
}

function pageOf(query: URLSearchParams, lines: readonly Line[]): Line[] {
  const limit = limitOf(query);
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('marker') ?? '';
  const end = query.get('end_marker') ?? '';
  const found = lines.filter(({ name }) => name.startsWith(prefix));
  return folded(found, prefix, query.get('delimiter') ?? '')
    .filter(({ name }) => (marker === '' || name > marker) && (end === '' || name < end))
    .slice(0, limit);
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? listingLimit);
  if (!Number.isInteger(limit) || limit < 0) return listingLimit;
  if (limit > listingLimit) throw swiftMessage(412, `Maximum limit is ${listingLimit}`);
  return limit;
}

function folded(lines: readonly Line[], prefix: string, delimiter: string): Line[] {
  if (delimiter === '') return [...lines];
  const seen = new Map<string, Line>();
  for (const line of lines) {
    const end = line.name.indexOf(delimiter, prefix.length);
    const name = end < 0 ? line.name : line.name.slice(0, end + delimiter.length);
    if (!seen.has(name)) seen.set(name, end < 0 ? line : { name, json: { subdir: name } });
  }
  return [...seen.values()];
}
