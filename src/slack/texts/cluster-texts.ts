import type { SpecChange } from '../../clusters/change.ts';
import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import type { Action } from '../../clusters/steps.ts';
import { code, escapeText, oneLine } from '../views/mrkdwn.ts';
import { count, duration } from '../views/quantities.ts';

/** What an action is called when somebody does it, is at it, has asked for it, or waits for an approval of it. */
export const actionWords = {
  up: { verb: 'bring up', doing: 'bringing up', being: 'is being brought up', toBe: 'to be brought up' },
  down: { verb: 'tear down', doing: 'tearing down', being: 'is being torn down', toBe: 'to be torn down' },
  scale: { verb: 'scale', doing: 'scaling', being: 'is being scaled', toBe: 'to be scaled' },
  upgrade: { verb: 'upgrade', doing: 'upgrading', being: 'is being upgraded', toBe: 'to be upgraded' },
} as const satisfies Record<Action, Record<string, string>>;

/** A command as somebody would type it, in the typeface of code. */
export function commandText(command: string, ...words: readonly string[]): string {
  return code(['/k8s', command, ...words].join(' '));
}

/** The command that asks for the same as a deployment. */
export function sameCommand({ action, cluster, spec }: Deployment): string {
  if (action === 'scale') return commandText(action, cluster, String(spec.nodes.count));
  return action === 'upgrade' ? commandText(action, cluster, spec.kubernetes.version) : commandText(action, cluster);
}

/** What a deployment makes of its cluster, or has made of it: "is up", "is down", "has 3 nodes", "has v1.35.1". */
export function resultText(deployment: Deployment): string {
  const { action, spec } = deployment;
  if (action === 'scale') return `has ${count(spec.nodes.count, 'node')}`;
  return action === 'upgrade' ? `has ${oneLine(versionOf(deployment), 100)}` : `is ${action}`;
}

/** The version that is there, or the one that is asked for while nothing has been built. */
export function versionOf({ action, before, steps, spec }: Deployment): string {
  const there = action === 'scale' ? before?.version : steps.build?.result?.version;
  return there ?? spec.kubernetes.version;
}

/** "built from source", "official release". */
export function sourceText({ kubernetes }: ClusterSpec): string {
  return kubernetes.source === 'build' ? 'built from source' : 'official release';
}

/** Where the cloud's name comes from when clusters.yaml gives none. */
export function cloudText({ cloud }: ClusterSpec): string {
  return cloud === undefined ? 'from the environment' : oneLine(cloud, 200);
}

/** "1 × m1.medium", "3 × m1.medium behind a load balancer". */
export function controlPlaneText({ controlPlane }: ClusterSpec): string {
  const balanced = controlPlane.count === 1 ? '' : ' behind a load balancer';
  return `${controlPlane.count} × ${oneLine(controlPlane.flavor, 200)}${balanced}`;
}

/** "2 × m1.small, up to 5". */
export function nodesText({ nodes }: ClusterSpec): string {
  const most = nodes.max > nodes.count ? `, up to ${nodes.max}` : '';
  return `${nodes.count} × ${oneLine(nodes.flavor, 200)}${most}`;
}

/** "10.123.0.0/24 behind public", "the existing network office (10.1.0.0/24)". */
export function networkText({ network }: ClusterSpec): string {
  const { existing } = network;
  if (existing !== undefined) {
    return `the existing network ${oneLine(existing.network, 200)} (${escapeText(network.cidr)})`;
  }
  return `${escapeText(network.cidr)} behind ${oneLine(network.external, 200)}`;
}

/** "Kubernetes v1.34.2 with 2 nodes". */
export function sizeText(version: string, nodes: number): string {
  return `Kubernetes ${oneLine(version, 100)} with ${count(nodes, 'node')}`;
}

/** "version v1.34.2 → v1.35.0, nodes 3 → 2, lifetime 8 h → 4 h". */
export function changesText(changes: readonly SpecChange[]): string {
  return changes
    .map(({ what, from, to }) => `${changeableWords[what]} ${valueText(what, from)} → ${valueText(what, to)}`)
    .join(', ');
}

/** What may be asked for otherwise than clusters.yaml has it, in a word. */
export const changeableWords = { version: 'version', nodes: 'nodes', ttl: 'lifetime' } as const;

function valueText(what: SpecChange['what'], value: string | number | undefined): string {
  if (value === undefined) return 'without end';
  return what === 'ttl' ? duration(Number(value)) : oneLine(String(value), 100);
}
