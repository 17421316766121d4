import type { Query, ServiceClient } from '../service-client.ts';

/** Reads all pages of one of Neutron's collections; it pages only where an operator set a limit. */
export async function listAll<Row extends { id: string }>(
  neutron: ServiceClient,
  collection: 'networks' | 'subnets' | 'routers' | 'ports' | 'floatingips' | 'security-groups',
  query: Query,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const key = collection.replaceAll('-', '_');
  const rows: Row[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await neutron.get<Record<string, unknown>>([collection], {
      doing: `Listing the ${collection === 'floatingips' ? 'floating IPs' : collection.replace('-', ' ')}`,
      ok: [200],
      query: { ...query, marker },
      signal,
    });
    const found = page[key] as Row[];
    rows.push(...found);
    marker = found.at(-1)?.id;
    if (!hasNext(page[`${key}_links`]) || marker === undefined) return rows;
  }
}

function hasNext(links: unknown): boolean {
  return Array.isArray(links) && links.some(({ rel }) => rel === 'next');
}
