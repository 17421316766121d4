import type {
  Topology,
  TopologyLoadBalancer,
  TopologyNetwork,
  TopologyRouter,
  TopologyServer,
  TopologyVolume,
} from '../../clusters/topology.ts';
import { fitLines, mention, oneLine } from '../views/mrkdwn.ts';
import { count } from '../views/quantities.ts';

/** Slack takes no longer description of a picture. */
const longestDescription = 1000;
const longestComment = 2_000;

/** "topology of staging". */
export function topologyTitle(cluster: string): string {
  return `topology of ${cluster}`;
}

/** Name of the file. */
export function topologyFile(cluster: string): string {
  return `${cluster}-topology.png`;
}

/**
 * What the picture shows, for those who do not see it: one thing a line, from the outside in, what is missing first. It is
 * plain text, as Slack wants it here.
 */
export function topologyWords(topology: Topology): string {
  const { external, router, network, loadBalancers, servers, looseVolumes } = topology;
  const lines = [
    ...unseenLines(topology),
    ...(external ? [`external network ${external.name}`] : []),
    ...(router ? [routerWords(router)] : []),
    ...(network ? [networkWords(network)] : []),
    ...loadBalancers.map(loadBalancerWords),
    ...serverCounts(topology),
    ...servers.map(serverWords),
    ...looseVolumes.map((volume) => `${volumeWords(volume)}, ${volume.state}, on no server`),
  ];
  return fitLines(lines.map(plainLine), longestDescription);
}

/** What stands above the picture: who wanted it, what there is, and what could not be seen. */
export function topologyComment(topology: Topology, user: string): string {
  const lines = [
    `${mention(user)} asked for the topology of *${topology.cluster}*: ${oneLine(serverCounts(topology).join(', '), 500)}`,
    ...unseenLines(topology).map((line) => oneLine(line, 500)),
  ];
  return fitLines(lines, longestComment);
}

/** "not shown: volumes. The cloud forbids it". */
function unseenLines({ unseen }: Topology): string[] {
  return unseen.map(({ what, why }) => `not shown: ${what}. ${why}`);
}

/** "1 control plane ACTIVE", "2 nodes ACTIVE", "1 node ERROR". */
function serverCounts({ servers }: Topology): string[] {
  const kinds = new Map<string, TopologyServer[]>();
  for (const server of servers) {
    const kind = `${server.role} ${server.state}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), server]);
  }
  if (kinds.size === 0) return ['no servers'];
  return [...kinds.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [`${count(1 + others.length, wordOf(first.role))} ${first.state}`],
  );
}

function wordOf(role: TopologyServer['role']): string {
  return role === 'control-plane' ? 'control plane' : 'node';
}

function routerWords({ name, state, addresses }: TopologyRouter): string {
  return listed([`router ${name} ${state}`, ...addresses]);
}

function networkWords({ name, cidrs, own }: TopologyNetwork): string {
  return listed([`${own ? 'network' : 'network that was there before,'} ${name}`, ...cidrs]);
}

function loadBalancerWords({ name, serves, state, address, floatingIps }: TopologyLoadBalancer): string {
  const what = serves === 'api' ? 'load balancer of the API' : 'load balancer';
  return listed([`${what} ${name} ${state}`, address, ...floatingIps.map(floatingWords)]);
}

function serverWords({ name, role, state, addresses, floatingIps, volumes }: TopologyServer): string {
  return listed([
    `${wordOf(role)} ${name} ${state}`,
    ...addresses,
    ...floatingIps.map(floatingWords),
    ...volumes.map(volumeWords),
  ]);
}

function floatingWords(address: string): string {
  return `floating ${address}`;
}

function volumeWords({ name, size }: TopologyVolume): string {
  return ['volume', name, `${size} GiB`].filter((word) => word !== '').join(' ');
}

function listed(parts: readonly string[]): string {
  return parts.join(', ');
}

function plainLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
