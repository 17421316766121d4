import type { Cluster } from '../../clusters/cluster.ts';
import type { ClusterSpec, KubernetesSpec } from '../../clusters/cluster-spec.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import { durationText } from '../../clusters/duration.ts';
import type { Standing } from '../standing.ts';
import { anyOf, date, fitLines, mention, oneLine } from '../views/mrkdwn.ts';
import { count, duration } from '../views/quantities.ts';
import { actionWords, cloudText, controlPlaneText, networkText } from './cluster-texts.ts';

/** The longest reason of a denial, in characters. */
export const longestReason = 500;

/** What becomes of a request that is denied. `user` reads it. */
export function denyQuestion({ action, cluster, requestedBy }: Deployment, user: string): string {
  const what = `${actionWords[action].verb} *${oneLine(cluster, 60)}*`;
  return requestedBy === user
    ? `Your request to ${what} ends, and nothing is made or removed.`
    : `The request to ${what} ends, and ${mention(requestedBy)} is told. Nothing is made or removed.`;
}

/** When a cluster goes. */
export function endText(cluster: string, until: number): string {
  return `*${oneLine(cluster, 60)}* is torn down ${date(until)}.`;
}

/** The farthest end that anybody may ask for. */
export function farthestEndText(maxMs: number): string {
  return `clusters.yaml lets it be there for ${duration(maxMs)} from now.`;
}

/** An end that is over. */
export function pastEndText(): string {
  return 'Choose a day and a time that are yet to come.';
}

/** What becomes of a request that is changed. */
export function changeText(cluster: string): string {
  return `Another plan for *${oneLine(cluster, 60)}* takes the place of this one. Approvals given so far are void.`;
}

/** What a cluster is made of, which no form changes. */
export function madeOfText(spec: ClusterSpec): string {
  return `Control plane ${controlPlaneText(spec)} · cloud ${cloudText(spec)} · network ${networkText(spec)}`;
}

/** The form shows what another cluster has. */
export function otherClusterText(name: string): string {
  return `The form is being made for ${name}. Look at it once more, and send it again.`;
}

/** A cluster that clusters.yaml has no more. */
export function undescribedText(name: string): string {
  return `clusters.yaml does not describe ${name} any more.`;
}

/** Something that this reader cannot change, and why. `why` may have mentions in it. */
export function fixedText(label: string, text: string, why: string): string {
  return `*${label}*\n${text}\n_${why}_`;
}

/** Who may change it. */
export function onlyByText(named: readonly string[]): string {
  return named.length === 0 ? 'nobody may ask for another' : `only ${anyOf(named.map(mention))} may ask for another`;
}

/** Why nobody gets a pull request or a commit built whom clusters.yaml does not name for it. */
export const anybodysCodeText =
  'A pull request or a commit may be anybody’s code, and clusters.yaml names nobody who may have it built. Name a tag or a branch.';

/** How a version is written. */
export function versionHint(source: KubernetesSpec['source']): string {
  return source === 'build'
    ? 'A tag or a branch; a commit or pr/NUMBER where clusters.yaml names you for it. It is built from source unless Swift has it already.'
    : 'A published version such as v1.34.2; it is downloaded as an official release.';
}

/** How many nodes there may be. */
export function nodesHint(most: number): string {
  return `0 to ${most}, besides the control plane.`;
}

/** How many nodes a cluster has, and what becomes of those that go. */
export function scaleText({ name, nodes }: Cluster): string {
  return `*${oneLine(name, 60)}* has ${count(nodes.length, 'node')}. Nodes that go are drained first; the plan names them.`;
}

/** How a lifetime is written, and how long it may be. */
export function lifetimeHint({ lifetime }: ClusterSpec): string {
  const most = lifetime?.maxMs === undefined ? '' : ` ${durationText(lifetime.maxMs)} at most.`;
  const none = lifetime?.defaultMs === undefined ? ' Without one it stays until somebody tears it down.' : '';
  return `From when it is up, such as 90m, 8h or 2d.${most}${none}`;
}

/** How long a cluster stays. */
export function lifetimeText(ms: number | undefined): string {
  return ms === undefined ? 'until somebody tears it down' : `${duration(ms)} from when it is up`;
}

/** What sending the form does. */
export function approvalText(): string {
  return 'Nothing is made before the plan is approved on its card.';
}

/** Clusters that cannot be chosen now, and why. */
export function takenText(standings: readonly Standing[]): string {
  const lines = standings.map(({ name, record, active }) => {
    if (active !== undefined) return `● ${oneLine(name, 60)} ${actionWords[active.action].being}`;
    return `${record?.state === 'up' ? '✓' : '✗'} ${oneLine(name, 60)} is ${record?.state ?? 'there'} already`;
  });
  return fitLines(lines, 2_900, 10);
}

/** More clusters than Slack shows in a menu. */
export function unlistedText(count: number): string {
  return `${count} more can be asked for by their names: \`/k8s up CLUSTER\`.`;
}
