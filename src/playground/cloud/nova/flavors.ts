import { ApiError } from '../http/api-error.ts';
import { uuid } from '../support/ids.ts';
import { usualQuota } from './quotas.ts';
import type { Flavor, NovaState } from './state.ts';

const sizes = [
  { name: 'm1.tiny', ram: 512, vcpus: 1, disk: 1 },
  { name: 'm1.small', ram: 2048, vcpus: 1, disk: 20 },
  { name: 'm1.medium', ram: 4096, vcpus: 2, disk: 40 },
  { name: 'm1.large', ram: 8192, vcpus: 4, disk: 80 },
  { name: 'm1.xlarge', ram: 16384, vcpus: 8, disk: 160 },
];

/** A Nova with flavors, and with the quotas that a small project has. */
export function newNova(): NovaState {
  const flavors = sizes.map((size): [string, Flavor] => {
    const id = uuid();
    return [id, { id, ...size }];
  });
  return {
    flavors: new Map(flavors),
    keypairs: [],
    servers: new Map(),
    serverGroups: new Map(),
    quota: { ...usualQuota },
    quotas: new Map(),
  };
}

/** The flavor, or a 404. */
export function flavorOf(nova: NovaState, id: string): Flavor {
  const flavor = nova.flavors.get(id);
  if (flavor === undefined) throw new ApiError(404, 'itemNotFound', `Flavor ${id} could not be found.`);
  return flavor;
}

/** The flavor of that id or name. */
export function findFlavor(nova: NovaState, nameOrId: string): Flavor | undefined {
  return nova.flavors.get(nameOrId) ?? [...nova.flavors.values()].find(({ name }) => name === nameOrId);
}

/** All flavors, in the order of their ids as Nova lists them. */
export function flavorsOf(nova: NovaState): Flavor[] {
  return [...nova.flavors.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** A flavor as listings have it. */
export function flavorSummary(baseUrl: string, { id, name }: Flavor): Record<string, unknown> {
  return {
    id,
    name,
    links: [
      { rel: 'self', href: `${baseUrl}/compute/v2.1/flavors/${id}` },
      { rel: 'bookmark', href: `${baseUrl}/compute/flavors/${id}` },
    ],
  };
}

/** A flavor with all that it gives. */
export function flavorView(baseUrl: string, flavor: Flavor): Record<string, unknown> {
  return {
    ...flavorSummary(baseUrl, flavor),
    ram: flavor.ram,
    disk: flavor.disk,
    vcpus: flavor.vcpus,
    swap: '',
    rxtx_factor: 1,
    'OS-FLV-EXT-DATA:ephemeral': 0,
    'OS-FLV-DISABLED:disabled': false,
    'os-flavor-access:is_public': true,
  };
}
