import type { types } from '@slack/bolt';
import type { Cluster } from '../../clusters/cluster.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import type { Verb } from '../../clusters/verbs.ts';
import { outcomeLine } from '../texts/audit-lines.ts';
import { actionWords, sizeText } from '../texts/cluster-texts.ts';
import { homeTexts } from '../texts/home-texts.ts';
import { headline, stateLine } from '../texts/state-texts.ts';
import { actions, type Block, context, header, section } from './blocks.ts';
import {
  bringUpButton,
  extendButton,
  kubeconfigButton,
  podsButton,
  removalOf,
  retryButton,
  tearDownButton,
} from './buttons.ts';
import { approvalButtons, noteLine, planLine } from './deployment-card.ts';
import { channelLink, date, fitLines, mention } from './mrkdwn.ts';

/** What one person sees of all that there is. */
export interface Home {
  /** Clusters that they have asked for, and what the policy lets them do with each. */
  readonly mine: readonly OwnCluster[];
  /** Deployments that wait for an approval which they may give. */
  readonly waiting: readonly Deployment[];
  /** All that is under way, as far as they may see it. */
  readonly running: readonly Deployment[];
  /** What is over, the newest first. */
  readonly recent: readonly Deployment[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A cluster with what its owner may do. */
export interface OwnCluster {
  readonly cluster: Cluster;
  readonly may: (verb: Verb) => boolean;
}

/** How many of each are shown: a view has room for 100 blocks, and a phone for less. */
const shown = { mine: 10, waiting: 10, running: 10, recent: 10 } as const;

/** The App Home tab: the reader's clusters, what waits for them, what runs and what has ended. Pure. */
export function homeView(home: Home): types.HomeView {
  return {
    type: 'home',
    blocks: [
      actions([bringUpButton()]),
      ...part(homeTexts.mine, home.mine, shown.mine, ownCluster),
      ...part(homeTexts.waiting, home.waiting, shown.waiting, waitingFor),
      ...part(homeTexts.running, home.running, shown.running, running),
      ...part(homeTexts.recent, home.recent.slice(0, shown.recent), shown.recent, (deployment) => [
        context(outcomeLine(deployment)),
      ]),
      { type: 'divider' },
      context(homeTexts.asOf(date(home.at))),
    ],
  };
}

/** What somebody sees who may see nothing. */
export function closedHomeView(reason: string): types.HomeView {
  return { type: 'home', blocks: [section(reason)] };
}

/** A title, and below it what there is, or that there is none. */
function part<Thing>(
  { title, none }: { readonly title: string; readonly none: string },
  things: readonly Thing[],
  most: number,
  blocksOf: (thing: Thing) => Block[],
): Block[] {
  const more = things.length - most;
  return [
    header(title),
    ...(things.length === 0 ? [context(none)] : things.slice(0, most).flatMap(blocksOf)),
    ...(more > 0 ? [context(homeTexts.more(more))] : []),
  ];
}

function ownCluster({ cluster, may }: OwnCluster): Block[] {
  const { name, state, version, nodes, since, expiresAt, channel } = cluster;
  const what =
    state === 'up'
      ? [`✓ *${name}* is up`, sizeText(version, nodes.length), `since ${date(since)}`]
      : [`✗ *${name}* is broken`, `since ${date(since)}`];
  const end = expiresAt === undefined ? [] : [`torn down ${date(expiresAt)}`];
  const buttons = buttonsOf(cluster, may);
  return [
    section([...what, ...end, channelLink(channel)].join(' · ')),
    ...(buttons.length === 0 ? [] : [actions(buttons)]),
  ];
}

function buttonsOf(cluster: Cluster, may: OwnCluster['may']): types.Button[] {
  const { name, state, deployment, expiresAt } = cluster;
  const value = { cluster: name, deployment };
  const offers: readonly { verb: Verb; useful: boolean; button: types.Button }[] = [
    { verb: 'kubeconfig', useful: state === 'up', button: kubeconfigButton(value) },
    { verb: 'pods', useful: state === 'up', button: podsButton(value) },
    { verb: 'retry', useful: state === 'broken', button: retryButton(deployment) },
    { verb: 'extend', useful: expiresAt !== undefined, button: extendButton(value) },
    { verb: 'down', useful: true, button: tearDownButton(removalOf(cluster)) },
  ];
  return offers.filter(({ verb, useful }) => useful && may(verb)).map(({ button }) => button);
}

/** Nobody is to approve what they cannot read: the plan stands above the buttons. */
function waitingFor(deployment: Deployment): Block[] {
  const { cluster, action, requestedBy, channel, plan } = deployment;
  const asked = `*${actionWords[action].verb} ${cluster}* · asked for by ${mention(requestedBy)} in ${channelLink(channel)}`;
  const lines = [...(plan?.warnings.map(noteLine) ?? []), ...(plan?.lines.map(planLine) ?? [])];
  return [
    section(fitLines([asked, ...lines], 2900)),
    context(stateLine(deployment)),
    actions(approvalButtons(deployment)),
  ];
}

function running(deployment: Deployment): Block[] {
  return [section(`*${headline(deployment)}* in ${channelLink(deployment.channel)}\n${stateLine(deployment)}`)];
}
