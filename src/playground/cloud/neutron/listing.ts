import { ApiError } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { badRequest } from './errors.ts';

type Row = Record<string, unknown>;

const reserved = ['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir'];

/** The rows of a collection that a request asks for, as a body. There are pages only where the request sets a limit. */
export function listing({ query, url }: Exchange, plural: string, thing: string, rows: readonly Row[]): Row {
  const found = rows.filter((row) => isAskedFor(row, query));
  const limit = limitOf(query);
  if (limit === 0) return { [plural]: found.map((row) => fieldsOf(row, query)) };
  const sorted = found.sort((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
  const start = startOf(sorted, query.get('marker'), thing);
  const page = sorted.slice(start, start + limit);
  return {
    [plural]: page.map((row) => fieldsOf(row, query)),
    [`${plural}_links`]: links(url, page, limit),
  };
}

/** A page that is full names a next one, even if that is empty. */
function links(url: URL, page: readonly Row[], limit: number): object[] {
  const last = page.at(-1);
  const next = last === undefined || page.length < limit ? [] : [link(url, 'next', last)];
  return [...next, link(url, 'previous', page[0])];
}

function link(url: URL, rel: 'next' | 'previous', row: Row | undefined): object {
  const to = new URL(url);
  if (row !== undefined) to.searchParams.set('marker', String(row.id));
  if (rel === 'previous') to.searchParams.set('page_reverse', 'True');
  return { rel, href: to.href };
}

function limitOf(query: URLSearchParams): number {
  const limit = query.get('limit') ?? '0';
  if (/^\d+$/.test(limit)) return Number(limit);
  throw badRequest('BadRequest', `Bad limit request: Limit must be an integer 0 or greater and not '${limit}'.`);
}

function startOf(rows: readonly Row[], marker: string | null, thing: string): number {
  if (marker === null) return 0;
  const index = rows.findIndex(({ id }) => id === marker);
  if (index >= 0) return index + 1;
  const kind = thing.replace(/^./, (letter) => letter.toUpperCase());
  throw new ApiError(404, `${kind}NotFound`, `${kind} ${marker} could not be found.`);
}

function isAskedFor(row: Row, query: URLSearchParams): boolean {
  // Neutron does not look at what it does not know.
  const keys = new Set([...query.keys()].filter((key) => !reserved.includes(key) && key in row));
  return [...keys].every((key) => query.getAll(key).some((value) => matches(row, key, value)));
}

/** Neutron's database does not mind capital letters. */
function matches(row: Row, key: string, asked: string): boolean {
  if (key === 'fixed_ips') return JSON.stringify(row.fixed_ips ?? []).includes(`"${asked.split('=')[1] ?? ''}"`);
  const value = row[key];
  if (Array.isArray(value)) return asked.split(',').every((one) => value.includes(one));
  return String(value ?? '').toLowerCase() === asked.toLowerCase();
}

function fieldsOf(row: Row, query: URLSearchParams): Row {
  const fields = query.getAll('fields');
  if (fields.length === 0) return row;
  return Object.fromEntries(Object.entries(row).filter(([key]) => fields.includes(key)));
}
