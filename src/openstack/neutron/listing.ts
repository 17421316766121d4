import type { Query, ServiceClient } from '../service-client.ts';

/** Neutron's collections, as their paths are called. */
export type CollectionName =
  | 'networks'
  | 'subnets'
  | 'routers'
  | 'ports'
  | 'floatingips'
  | 'security-groups'
  | 'security-group-rules';

/** How a collection is read. */
export interface ListingOptions {
  /** How many a page has at most. Neutron gives all at once unless it is asked for less, or an operator set a limit. */
  pageSize?: number | undefined;
  signal: AbortSignal | undefined;
}

/** What every thing of Neutron has. */
interface Thing {
  id: string;
  name?: string;
}

/** Reads all pages of one of Neutron's collections. With a `name` in the query, only what is called exactly that. */
export async function listAll<Row extends Thing>(
  neutron: ServiceClient,
  collection: CollectionName,
  query: Query,
  { pageSize, signal }: ListingOptions,
): Promise<Row[]> {
  const key = collection.replaceAll('-', '_');
  const rows: Row[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await neutron.get<Record<string, unknown>>([collection], {
      doing: `Listing the ${inWords(collection)}`,
      ok: [200],
      query: { ...query, limit: pageSize, marker },
      signal,
    });
    const found = page[key] as Row[];
    rows.push(...found);
    marker = found.at(-1)?.id;
    if (!hasNext(page[`${key}_links`]) || marker === undefined) return calledExactly(rows, query.name);
  }
}

/** How many of a collection a project owns; what others share with it does not count. */
export async function countAll(
  neutron: ServiceClient,
  collection: CollectionName,
  projectId: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const rows = await listAll(neutron, collection, { project_id: projectId, fields: 'id' }, { signal });
  return rows.length;
}

/** Most databases take capital letters for small ones. */
function calledExactly<Row extends Thing>(rows: Row[], name: Query[string]): Row[] {
  return name === undefined ? rows : rows.filter((row) => row.name === name);
}

function inWords(collection: CollectionName): string {
  return collection === 'floatingips' ? 'floating IPs' : collection.replaceAll('-', ' ');
}

function hasNext(links: unknown): boolean {
  return Array.isArray(links) && links.some(({ rel }) => rel === 'next');
}
