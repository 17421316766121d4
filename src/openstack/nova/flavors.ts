import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  ramMib: number;
  diskGib: number;
}

/** GET /flavors/detail: all flavors that the project may use. */
export async function listFlavors(
  nova: ServiceClient,
  { pageSize = 1000 }: { pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Flavor[]> {
  const flavors: Flavor[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await nova.get<{
      flavors: { id: string; name: string; vcpus: number; ram: number; disk: number }[];
      flavors_links?: unknown[];
    }>(['flavors', 'detail'], {
      doing: 'Listing the flavors',
      ok: [200],
      headers: novaHeaders,
      query: { limit: pageSize, marker },
      signal,
    });
    flavors.push(
      ...page.flavors.map(({ id, name, vcpus, ram, disk }) => ({ id, name, vcpus, ramMib: ram, diskGib: disk })),
    );
    marker = flavors.at(-1)?.id;
    if (page.flavors_links === undefined || page.flavors.length === 0) return flavors;
  }
}

/** The flavor of that name or id, or undefined if there is none. Names are unique. */
export async function findFlavor(
  nova: ServiceClient,
  nameOrId: string,
  signal?: AbortSignal,
): Promise<Flavor | undefined> {
  const flavors = await listFlavors(nova, {}, signal);
  return flavors.find(({ id, name }) => name === nameOrId || id === nameOrId);
}
