import { ApiError } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';

/** Nova's max_limit. */
const mostPerPage = 1000;

/** How a collection is paged. */
export interface Paging<Row> {
  /** The key that the rows go under. */
  key: string;
  markerOf(row: Row): string;
  view(row: Row): object;
  /** What Nova says of a marker that is none. */
  noMarker?(marker: string): string;
}

/** The page of `rows` that a request asks for, as a body. A page that is full names a next one, even if that is empty. */
export function pageOf<Row>(
  { query, url }: Exchange,
  rows: readonly Row[],
  { key, markerOf, view, noMarker = (marker) => `marker [${marker}] not found` }: Paging<Row>,
): Record<string, object[]> {
  const marker = query.get('marker');
  const start = marker === null ? 0 : rows.findIndex((row) => markerOf(row) === marker) + 1;
  if (marker !== null && start === 0) throw new ApiError(400, 'badRequest', noMarker(marker));
  const limit = limitOf(query);
  const page = rows.slice(start, start + limit);
  const last = page.at(-1);
  const body = { [key]: page.map(view) };
  if (last === undefined || page.length < limit) return body;
  const next = new URL(url);
  next.searchParams.set('marker', markerOf(last));
  return { ...body, [`${key}_links`]: [{ rel: 'next', href: next.href }] };
}

/** The `limit` of a request; 400 for what is no number. */
export function limitOf(query: URLSearchParams): number {
  return Math.min(wholeNumber(query, 'limit') ?? mostPerPage, mostPerPage);
}

/** A number that a query gives. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new ApiError(
    400,
    'badRequest',
    `Invalid input for query parameters ${name}. Value: ${text}. '${text}' does not match '^[0-9]*$'`,
  );
}
