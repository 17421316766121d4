import type { Path, ServiceClient } from '../service-client.ts';

/** Pages through a listing of Swift until a page comes back empty: its limit is the server's to lower. */
export async function listAll<Row extends { name?: string }>(
  swift: ServiceClient,
  path: Path,
  doing: string,
  options: { prefix?: string; pageSize?: number },
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await swift.get<Row[]>(path, {
      doing,
      ok: [200],
      query: { format: 'json', prefix: options.prefix, limit: options.pageSize, marker },
      signal,
    });
    rows.push(...page);
    marker = page.at(-1)?.name;
    if (marker === undefined) return rows;
  }
}
