import type { Query, ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** One of Nova's collections, and how to read it. */
export interface Listing<Row> {
  path: readonly string[];
  /** The key that the rows are under; `KEY_links` says whether there are more. */
  key: string;
  doing: string;
  query?: Query;
  /** How many a page has at most; Nova's own limit, usually 1000, without. */
  pageSize?: number | undefined;
  /** What the next page begins after. */
  markerOf(row: Row): string;
}

/** Reads all pages of one of Nova's collections. */
export async function listAll<Row>(
  nova: ServiceClient,
  { path, key, doing, query, pageSize, markerOf }: Listing<Row>,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await nova.get<Record<string, unknown>>(path, {
      doing,
      ok: [200],
      headers: novaHeaders,
      query: { ...query, limit: pageSize, marker },
      signal,
    });
    const found = page[key] as Row[];
    rows.push(...found);
    const last = found.at(-1);
    if (last === undefined || page[`${key}_links`] === undefined) return rows;
    marker = markerOf(last);
  }
}
