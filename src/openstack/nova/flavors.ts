import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

/** A size of servers. */
export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  ramMib: number;
  /** The root disk; 0 for as large as the image, or for a flavor that boots from volumes only. */
  diskGib: number;
  /** A second disk, empty at first. */
  ephemeralGib: number;
  /** Whether everybody has it; others are for chosen projects. */
  public: boolean;
}

interface WireFlavor {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
  disk: number;
  'OS-FLV-EXT-DATA:ephemeral': number;
  'os-flavor-access:is_public': boolean;
}

/** GET /flavors/detail: all flavors that the project may use. */
export async function listFlavors(
  nova: ServiceClient,
  { pageSize }: { pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Flavor[]> {
  const wire = await listAll<WireFlavor>(
    nova,
    { path: ['flavors', 'detail'], key: 'flavors', doing: 'Listing the flavors', pageSize, markerOf: ({ id }) => id },
    signal,
  );
  return wire.map((flavor) => ({
    id: flavor.id,
    name: flavor.name,
    vcpus: flavor.vcpus,
    ramMib: flavor.ram,
    diskGib: flavor.disk,
    ephemeralGib: flavor['OS-FLV-EXT-DATA:ephemeral'],
    public: flavor['os-flavor-access:is_public'],
  }));
}

/** The flavor of that id or else of that name, as Nova and Heat choose. Names are unique. */
export function pickFlavor(flavors: readonly Flavor[], nameOrId: string): Flavor | undefined {
  return flavors.find(({ id }) => id === nameOrId) ?? flavors.find(({ name }) => name === nameOrId);
}
