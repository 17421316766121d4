import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import { clustersFor } from '../admit.ts';
import type { Answer } from '../answer.ts';
import { allStandings, type Standing, standingOf } from '../standing.ts';
import {
  actionWords,
  cloudText,
  commandText,
  controlPlaneText,
  networkText,
  nodesText,
} from '../texts/cluster-texts.ts';
import { headline, nextAction, stateLine } from '../texts/state-texts.ts';
import { type Block, fields, header, paragraph, section, context as smallPrint } from '../views/blocks.ts';
import { checklist } from '../views/checklist.ts';
import { channelLink, date, fitLines, link, mention, oneLine } from '../views/mrkdwn.ts';
import { count } from '../views/quantities.ts';
import type { Command, CommandCall } from './command.ts';
import { stateWord } from './list.ts';

export const status: Command = {
  name: 'status',
  needs: 'status',
  arguments: '[CLUSTER]',
  summary: 'show how a cluster is, or what is under way',
  details:
    'With a cluster: what it is made of, how it is reached, and how far a running deployment is. Without: all that runs.',
  examples: ['/k8s status staging', '/k8s status'],
  run: runStatus,
};

async function runStatus(call: CommandCall): Promise<Answer> {
  const { context, user, words } = call;
  const [name] = words;
  if (name === undefined) {
    const shows = await clustersFor('status', user, call);
    return underWay((await allStandings(context)).filter((standing) => shows(standing.name)));
  }
  const standing = await standingOf(name, context);
  const maker = standing.record && (await context.deployments.find(standing.record.deployment));
  return clusterStatus(standing, maker);
}

/** All that runs or waits, in short. Pure. */
export function underWay(standings: readonly Standing[]): Answer {
  const active = standings.flatMap((standing) => standing.active ?? []);
  const broken = standings.filter(({ record, active: busy }) => record?.state === 'broken' && busy === undefined);
  const lines = [
    ...active.map(
      (deployment) => `*${headline(deployment)}* in ${channelLink(deployment.channel)}\n${stateLine(deployment)}`,
    ),
    ...broken.map(({ name }) => `✗ *${name}* is broken · ${commandText('down', name)} removes what is left of it`),
    upCount(standings),
  ];
  return paragraph(fitLines(lines, 2900));
}

function upCount(standings: readonly Standing[]): string {
  const running = standings.filter(({ record, active }) => record?.state === 'up' && active === undefined);
  const others = standings.some(({ active }) => active !== undefined) ? '' : ' · nothing is under way';
  return `✓ ${count(running.length, 'cluster')} up${others} · ${commandText('list')} shows all`;
}

/** One cluster in full. `maker` is the deployment that made what exists. Pure. */
export function clusterStatus(standing: Standing, maker: Deployment | undefined): Answer {
  const spec = (standing.active ?? maker)?.spec ?? standing.spec;
  const title = standing.active ? headline(standing.active) : `${standing.name} · ${stateWord(standing)}`;
  const blocks: Block[] = [
    header(title),
    fields([...recordFields(standing), ...(spec === undefined ? [] : specFields(spec)), ...nodeFields(standing)]),
    ...(standing.active ? [section(fitLines(checklist(standing.active), 2900))] : []),
    smallPrint(standing.active ? `${stateLine(standing.active)}\n${nextAction(standing.active)}` : nextStep(standing)),
  ];
  return { text: title, blocks };
}

function recordFields({ record, active, spec }: Standing): [string, string][] {
  if (record === undefined) {
    const version = active?.spec.kubernetes.version ?? spec?.kubernetes.version ?? '';
    return [['Kubernetes', oneLine(version, 100)]];
  }
  return [
    ['Kubernetes', oneLine(record.version, 100)],
    ['API', record.apiUrl === '' ? 'not reachable' : link(record.apiUrl)],
    ['Since', date(record.since)],
    ['Requested by', mention(record.requestedBy)],
  ];
}

function nodeFields({ record }: Standing): [string, string][] {
  return record === undefined || record.nodes.length === 0 ? [] : [['Node names', names(record.nodes)]];
}

function names(nodes: readonly string[]): string {
  return fitLines(
    nodes.map((node) => oneLine(node, 80)),
    600,
  );
}

function specFields(spec: ClusterSpec): [string, string][] {
  return [
    ['Cloud', cloudText(spec)],
    ['Control plane', controlPlaneText(spec)],
    ['Nodes', nodesText(spec)],
    ['Network', networkText(spec)],
    ['Channel', channelLink(spec.channel)],
  ];
}

function nextStep({ name, record }: Standing): string {
  if (record === undefined) return `${commandText('up', name)} brings it up.`;
  if (record.state === 'broken')
    return `${commandText('down', name)} removes what is left; then ${commandText('up', name)}.`;
  if (record.unfinished !== undefined) {
    return `It runs. ${commandText('retry', name)} goes on with ${actionWords[record.unfinished].doing} it; ${commandText('pods', name)} shows its nodes and pods.`;
  }
  return `${commandText('pods', name)} shows its nodes and pods, ${commandText('kubeconfig', name)} lets you in, ${commandText('down', name)} removes it.`;
}
