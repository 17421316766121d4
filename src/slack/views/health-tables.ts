import { type ClusterHealth, countsOf, type NodeHealth, type PodHealth } from '../../clusters/health.ts';
import { date } from './mrkdwn.ts';
import { kubectlAge } from './quantities.ts';
import { textTable } from './text-table.ts';

/** A name that Kubernetes allows may have 253 characters; nobody's has. */
const longestCell = 80;

/** The nodes of a cluster, as `kubectl get nodes` lists them, in at most `max` characters. */
export function nodesTable(health: ClusterHealth, max?: number): string {
  const { nodes } = health;
  const reasons = nodes.some(({ reason }) => reason !== undefined);
  return textTable(
    ['NAME', 'STATUS', 'ROLE', 'VERSION', 'ADDRESS', ...(reasons ? ['REASON'] : [])],
    nodes.map((node) => nodeRow(node).map(cell)),
    max,
    countsOf(health).nodes - nodes.length,
  );
}

function nodeRow({ name, ready, role, version, address, reason = '' }: NodeHealth): string[] {
  return [name, ready ? 'Ready' : 'NotReady', role, version, address, reason];
}

/** The pods of kube-system, as `kubectl get pods` lists them; `wide` tells where each runs, too. */
export function podsTable(health: ClusterHealth, { max, wide = false }: { max?: number; wide?: boolean } = {}): string {
  const { pods, at } = health;
  return textTable(
    ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', ...(wide ? ['NODE'] : [])],
    pods.map((pod) => [...podRow(pod, at), ...(wide ? [pod.node] : [])].map(cell)),
    max,
    countsOf(health).pods - pods.length,
  );
}

/** Ages are those of the moment when the pods were seen, so that a card stays the same. */
function podRow({ name, ready, status, restarts, startedAt }: PodHealth, at: number): string[] {
  return [name, ready, status, String(restarts), startedAt === undefined ? '' : kubectlAge(at - startedAt)];
}

function cell(text: string): string {
  const characters = [...text];
  return characters.length > longestCell ? `${characters.slice(0, longestCell - 1).join('')}…` : text;
}

/** What a table cannot do without: a header, a row and the sentence below. */
const leastOfTable = 300;

/** Each table is named, and so that Slack does not make one block of two. */
const nodesTitle = '*Nodes*';
const podsTitle = '*Pods of kube-system*';

/**
 * Nodes and pods below each other, in at most `max` characters. The nodes get no more than a third where both are many:
 * there are several pods to each.
 */
export function healthTables(health: ClusterHealth, max: number): string {
  const nodes = `${nodesTitle}\n${nodesTable(health, Math.max(leastOfTable, Math.floor(max / 3)))}`;
  const room = max - nodes.length - podsTitle.length - '\n\n'.length;
  return `${nodes}\n${podsTitle}\n${podsTable(health, { max: Math.max(leastOfTable, room) })}`;
}

/** When a cluster was seen like this, and by whom. */
export function seenText({ seenBy, at }: ClusterHealth): string {
  return seenBy === 'api'
    ? `Seen ${date(at)} at the Kubernetes API`
    : `As the control plane reports, ${date(at)}; this worker cannot reach the API`;
}

/** "3 nodes ready, 12 pods of kube-system running". Only some of them where not all are. */
export function healthSummary(health: ClusterHealth): string {
  const { nodes, readyNodes, pods, wellPods } = countsOf(health);
  return [
    `${share(readyNodes, nodes)} ${nodes === 1 ? 'node' : 'nodes'} ready`,
    `${share(wellPods, pods)} ${pods === 1 ? 'pod' : 'pods'} of kube-system running`,
  ].join(', ');
}

function share(well: number, all: number): string {
  return well === all ? String(all) : `${well} of ${all}`;
}
