import type { Outsider } from '../../clusters/audit-entry.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import type { Verdict } from '../../clusters/policy.ts';
import type { Lock } from '../../store/deployments.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { removalOf, tearDownButton, tellMeButton } from '../views/buttons.ts';
import { anyOf, channelLink, date, link, mention, oneLine } from '../views/mrkdwn.ts';
import { actionWords, commandText, sizeText } from './cluster-texts.ts';
import { cancelledNext, capital, remains, stateLine } from './state-texts.ts';

type Refusal = Extract<Verdict, { allowed: false }>;

/** An up has begun. */
export function planningAnswer({ cluster, channel }: Deployment): Message {
  return paragraph(
    `● Planning *${cluster}*. The card is in ${channelLink(channel)}; nothing is made before it is approved.`,
  );
}

/** The same where the policy asks for no approval. */
export function startingAnswer({ cluster, channel }: Deployment): Message {
  return paragraph(`● Planning *${cluster}*, which starts right after that. The card is in ${channelLink(channel)}.`);
}

/** A down has begun. */
export function tearingDownAnswer({ cluster, channel }: Deployment): Message {
  return paragraph(`● Tearing down *${cluster}*. The card is in ${channelLink(channel)}.`);
}

/** A down of a protected cluster has been asked for. */
export function planningDownAnswer({ cluster, channel }: Deployment): Message {
  return paragraph(
    `● *${cluster}* is protected, so somebody has to approve that it goes. The card is in ${channelLink(channel)}; nothing is removed before.`,
  );
}

/** Somebody else is at it. `holder` is undefined when its record is not to be had. */
export function busyAnswer(cluster: string, lock: Lock, holder: Deployment | undefined): Message {
  const { being } = actionWords[lock.action];
  const waiting = holder?.state === 'awaiting-approval';
  const what = waiting
    ? `There is a request to ${actionWords[lock.action].verb} *${cluster}* already`
    : `*${cluster}* ${being} already`;
  const lines = [
    `– ${what}: ${mention(lock.requestedBy)} asked for it ${date(lock.since)}`,
    ...(holder ? [stateLine(holder)] : []),
    waiting
      ? `→ Approve or deny it on its card in ${channelLink(holder.channel)}.`
      : `→ Wait until it is over; ${commandText('status', cluster)} tells how far it is, and ${commandText('cancel', cluster)} stops it.`,
  ];
  return paragraph(lines.join('\n'), [tellMeButton(lock.deployment)]);
}

/** Somebody will be told when a deployment is over. */
export function awaitingAnswer({ cluster, channel }: Deployment): Message {
  return paragraph(
    `✓ You will be told in the thread of its card in ${channelLink(channel)} when *${cluster}* is free.\n→ ${commandText('status', cluster)} tells how far it is.`,
  );
}

/** What somebody would have been told of is over already. */
export function freeAlreadyAnswer({ cluster }: Deployment): Message {
  return paragraph(
    `✓ *${cluster}* is free now: what held it is over.\n→ ${commandText('status', cluster)} tells how it is.`,
  );
}

/** A command has stopped what was under way. */
export function cancelledAnswer(deployment: Deployment): Message {
  const { cluster, action, channel } = deployment;
  return paragraph(
    [
      `✓ ${capital(actionWords[action].doing)} *${cluster}* is cancelled. ${remains(deployment)}`,
      `→ ${cancelledNext(deployment)} The card is in ${channelLink(channel)}.`,
    ].join('\n'),
  );
}

/** Nothing is under way. `state` says how the cluster is. */
export function nothingToCancelAnswer(cluster: string, state: string): Message {
  return paragraph(
    `– Nothing is under way for *${cluster}*, so there is nothing to cancel: it is ${state}.\n→ ${commandText('status', cluster)} tells more.`,
  );
}

/** An up of what is up. */
export function upAlreadyAnswer({ name, version, nodes, apiUrl, requestedBy, since }: Cluster): Message {
  return paragraph(
    [
      `✓ *${name} is up already* since ${date(since)}: ${sizeText(version, nodes.length)}, asked for by ${mention(requestedBy)}`,
      ...(apiUrl === '' ? [] : [`API · ${link(apiUrl)}`]),
      `→ Use it, or remove it first with ${commandText('down', name)} to build it anew.`,
    ].join('\n'),
  );
}

/** An up of what is half there. */
export function brokenAnswer(cluster: Cluster): Message {
  const { name, since } = cluster;
  return paragraph(
    [
      `✗ *${name} is broken*: it did not come up ${date(since)}, and what was made then is still there.`,
      `→ ${commandText('retry', name)} goes on from the step that failed; or tear it down, then ${commandText('up', name)} again.`,
    ].join('\n'),
    [tearDownButton(removalOf(cluster))],
  );
}

/** Why somebody may not do something, and who may. */
export function refusedAnswer(verdict: Refusal, what: string): Message {
  const { named } = verdict;
  if (verdict.reason === 'anybodys-code') {
    return paragraph(
      `– You may not ${what} to a pull request or a commit, which may be anybody’s code.\n→ Ask for a tag or a branch. \`policy.change.version\` of clusters.yaml can name who may have these built, too.`,
    );
  }
  if (named.length === 0) return paragraph(`– You may not ${what}.\n→ Nobody may, as clusters.yaml stands.`);
  const who = anyOf(named.map(mention));
  switch (verdict.reason) {
    case 'own-request':
      return paragraph(`– You asked for this yourself, so somebody else has to ${what}.\n→ Ask ${who}.`);
    case 'own-change':
      return paragraph(`– You changed this yourself, so somebody else has to ${what}.\n→ Ask ${who}.`);
    case 'not-an-approver':
    case 'not-named':
    case 'no-access':
      return paragraph(`– You may not ${what}.\n→ ${who} may; ask one of them.`);
  }
}

const outsiders: Readonly<Record<Outsider, string>> = {
  guest: 'Slipway takes nothing from guests of this workspace, whatever its policy names',
  bot: 'Slipway takes nothing from bots, whatever its policy names',
  deleted: 'Slipway takes nothing from an account that is switched off',
  stranger: 'Slipway takes nothing from people of another workspace, whatever its policy names',
};

/** Why somebody may do nothing at all. */
export function outsiderAnswer(outsider: Outsider): Message {
  return paragraph(`– ${outsiders[outsider]}.\n→ Ask a full member of this workspace to do it.`);
}

/** A click on a card whose deployment Redis does not have (any more). */
export function unknownDeploymentAnswer(): Message {
  return paragraph(
    `– This card's deployment is not known any more, so the button does nothing.\n→ ${commandText('list')} shows the clusters that there are.`,
  );
}

/** A button that nobody has heard of. */
export function unknownButtonAnswer(action: string): Message {
  return paragraph(
    `– This version of Slipway has no button ${oneLine(action, 60)}.\n→ ${commandText('help')} shows what it can do.`,
  );
}
