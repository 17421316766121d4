import type {
  Topology,
  TopologyLoadBalancer,
  TopologyNetwork,
  TopologyRouter,
  TopologyServer,
  TopologyVolume,
} from '../clusters/topology.ts';
import type { Card, Detail } from './card.ts';
import { palette } from './palette.ts';

/** How many addresses and volumes of one server are named. */
const mostNamed = { addresses: 3, floatingIps: 2, volumes: 2, looseVolumes: 6, routerAddresses: 2 } as const;

/** The most that an address needs: one of IPv6 is broken once. */
const addressLines = 2;

/** The network that leads out of the cloud. */
export function externalCard({ name }: NonNullable<Topology['external']>): Card {
  return { kind: 'external network', name, details: [], fill: palette.outside };
}

/** What connects both networks. */
export function routerCard({ name, state, addresses }: TopologyRouter): Card {
  return { kind: 'router', state, name, details: named(addresses, mostNamed.routerAddresses, outside) };
}

/** The network that the servers are in. */
export function networkCard({ name, state, cidrs, own }: TopologyNetwork): Card {
  const kind = own ? 'network' : 'network that was there before';
  const details = named(cidrs, mostNamed.addresses, inside).map((detail) => ({ ...detail, bold: true }));
  return { kind, ...(state !== 'ACTIVE' && { state }), name, details, fill: palette.inside };
}

/** One address for several servers. */
export function loadBalancerCard({ name, serves, state, address, floatingIps }: TopologyLoadBalancer): Card {
  const details = [inside(address), ...named(floatingIps, mostNamed.floatingIps, floating)];
  return { kind: serves === 'api' ? 'load balancer · API' : 'load balancer', state, name, details };
}

/** A server with its addresses and volumes. */
export function serverCard({ name, role, state, flavor, addresses, floatingIps, volumes }: TopologyServer): Card {
  return {
    kind: role === 'control-plane' ? 'control plane' : 'node',
    state,
    name,
    details: [
      ...named(addresses, mostNamed.addresses, inside),
      ...named(floatingIps, mostNamed.floatingIps, floating),
      ...(flavor === '' ? [] : [plain(flavor)]),
      ...named(volumes, mostNamed.volumes, (volume) => storage(volumeText(volume))),
    ],
  };
}

/** In the place of the nodes that are not drawn. */
export function moreNodesCard(hidden: readonly TopologyServer[]): Card {
  const states = [...new Set(hidden.map(({ state }) => state))].sort();
  const counts = states.map((state) => `${hidden.filter((server) => server.state === state).length} ${state}`);
  return { kind: 'nodes', name: `and ${hidden.length} more`, details: named(counts, 3, plain), dashed: true };
}

/** In the place of the load balancers that are not drawn. */
export function moreLoadBalancersCard(hidden: number): Card {
  return { kind: 'load balancers', name: `and ${hidden} more`, details: [], dashed: true };
}

/** The volumes that no server has. */
export function looseVolumesCard(volumes: readonly TopologyVolume[]): Card {
  const details = named(volumes, mostNamed.looseVolumes, (volume) => storage(`${volume.state} ${volumeText(volume)}`));
  const name = volumes.length === 1 ? '1 volume on no server' : `${volumes.length} volumes on no server`;
  return { kind: 'storage', name, details, dashed: true };
}

function named<Thing>(things: readonly Thing[], most: number, detail: (thing: Thing) => Detail): Detail[] {
  const shown = things.length > most ? things.slice(0, most - 1) : things;
  const more = things.length - shown.length;
  return [...shown.map(detail), ...(more > 0 ? [plain(`and ${more} more`)] : [])];
}

function inside(address: string): Detail {
  return { text: address, color: palette.inside, lines: addressLines };
}

function outside(address: string): Detail {
  return { text: address, color: palette.outside, lines: addressLines };
}

function floating(address: string): Detail {
  return { ...outside(`${address} floating`), bold: true };
}

function plain(text: string): Detail {
  return { text, color: palette.ink };
}

/** The end of a volume's name is chance, mostly. */
function storage(text: string): Detail {
  return { ...plain(text), cut: 'end' };
}

/** "volume 20 GiB data-1": many volumes have no name. */
function volumeText({ name, size }: TopologyVolume): string {
  return ['volume', `${size} GiB`, name].filter((word) => word !== '').join(' ');
}
