import { UsageError } from '../../errors.ts';
import { clustersFor } from '../admit.ts';
import type { Answer } from '../answer.ts';
import { allStandings, type Standing } from '../standing.ts';
import { actionWords, commandText } from '../texts/cluster-texts.ts';
import { paragraph, section, context as smallPrint } from '../views/blocks.ts';
import { date, fitLines, mention } from '../views/mrkdwn.ts';
import { textTable } from '../views/text-table.ts';
import type { Command, CommandCall } from './command.ts';
import { mentionedChannel } from './mentioned.ts';

export const list: Command = {
  name: 'list',
  needs: 'list',
  arguments: '[#CHANNEL]',
  summary: 'show all clusters',
  details:
    'Shows the clusters of clusters.yaml and any others that exist, and what is under way; with a channel only those whose cards are there.',
  examples: ['/k8s list', '/k8s list #deploys'],
  run: runList,
};

async function runList(call: CommandCall): Promise<Answer> {
  const shows = await clustersFor('list', call.user, call);
  const isThere = inChannel(call.words[0]);
  return clusterList(
    (await allStandings(call.context)).filter((standing) => shows(standing.name) && isThere(standing)),
  );
}

/** Throws a UsageError for a word that is no channel. */
function inChannel(word: string | undefined): (standing: Standing) => boolean {
  if (word === undefined) return () => true;
  const channel = mentionedChannel(word);
  if (channel === undefined) {
    throw new UsageError(`${word} is no channel that Slack knows`, { hint: 'Type /k8s list #channel, or /k8s list' });
  }
  return ({ record, active, spec }) => (record ?? active ?? spec)?.channel === channel;
}

/** The clusters as a table, and below it who is at what. Pure. */
export function clusterList(standings: readonly Standing[]): Answer {
  if (standings.length === 0) return paragraph('– clusters.yaml describes no cluster yet, and none exists.');
  const table = textTable(['CLUSTER', 'STATE', 'KUBERNETES', 'NODES'], standings.map(row));
  const underWay = standings
    .flatMap(({ active }) => active ?? [])
    .map(
      ({ cluster, action, requestedBy, requestedAt, state }) =>
        `● *${cluster}* ${state === 'awaiting-approval' ? 'waits for an approval' : actionWords[action].being} · asked for by ${mention(requestedBy)} ${date(requestedAt)}`,
    );
  return {
    text: `Clusters: ${standings.map((standing) => `${standing.name} (${stateWord(standing)})`).join(', ')}`.slice(
      0,
      2900,
    ),
    blocks: [
      section(table),
      ...(underWay.length > 0 ? [section(fitLines(underWay, 2900))] : []),
      smallPrint(
        `${commandText('status', 'CLUSTER')} tells more of one · ${commandText('up', 'CLUSTER')} brings one up · ${commandText('kubeconfig', 'CLUSTER')} lets you in`,
      ),
    ],
  };
}

function row(standing: Standing): string[] {
  const { name, spec, record, active } = standing;
  const version = record?.version ?? active?.spec.kubernetes.version ?? spec?.kubernetes.version ?? '';
  const nodes = record?.state === 'up' ? record.nodes.length : (active?.spec ?? spec)?.nodes.count;
  return [name, `${stateMark(standing)} ${stateWord(standing)}`, version, nodes === undefined ? '' : String(nodes)];
}

function stateMark({ record, active }: Standing): string {
  if (active !== undefined) return '●';
  if (record === undefined) return '–';
  return record.state === 'up' ? '✓' : '✗';
}

/** How a cluster stands, in a few words. */
export function stateWord({ record, active }: Standing): string {
  if (active?.state === 'awaiting-approval') return 'waiting for approval';
  if (active !== undefined) return actionWords[active.action].doing;
  if (record?.unfinished !== undefined) return `${record.state}, ${actionWords[record.unfinished].doing} unfinished`;
  return record?.state ?? 'not there';
}
