import type { Deployment } from '../../clusters/deployment.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { allOf, channelLink, date, mention } from '../views/mrkdwn.ts';
import { actionWords, commandText, resultText, sameCommand } from './cluster-texts.ts';
import { cancelledNext } from './state-texts.ts';

/** Why a click on Approve, Deny or Cancel changed nothing: what became of the deployment meanwhile. `user` clicked. */
export function undecidedAnswer(deployment: Deployment, user: string): Message {
  return paragraph(`– ${whatBecame(deployment, user)}\n→ ${whatNow(deployment)}`);
}

/** The plan that somebody decided about is not the one that waits any more. */
export function changedSinceAnswer({ cluster, changedBy, requestedBy, channel }: Deployment): Message {
  return paragraph(
    `– The plan for ${cluster} has changed since: ${mention(changedBy ?? requestedBy)} asks for something else by now, so nothing was decided.\n→ Read the new plan on the card in ${channelLink(channel)}, and click there.`,
  );
}

function whatBecame(deployment: Deployment, user: string): string {
  const { cluster, action, state, approvals, terms, finishedAt, requestedAt, deniedBy, cancelledBy, requestedBy } =
    deployment;
  const at = date(finishedAt ?? requestedAt);
  const approvers = approvals.length === 0 ? '' : `approved by ${allOf(approvals.map(({ by }) => person(by, user)))}`;
  switch (state) {
    case 'requested':
    case 'planned':
      return `The plan for ${cluster} is not made yet.`;
    case 'awaiting-approval':
      return `You have approved this already; ${terms.count - approvals.length} more of ${terms.count} is needed.`;
    case 'queued':
      return `This was ${approvers || 'started'} already, and is about to begin.`;
    case 'running':
      return `This was ${approvers || 'started'} already: ${cluster} ${actionWords[action].being}.`;
    case 'succeeded':
      return `This is over: ${cluster} ${resultText(deployment)} since ${at}${approvers && `, ${approvers}`}.`;
    case 'failed':
      return `This is over: ${actionWords[action].doing} ${cluster} failed ${at}${approvers && `, ${approvers}`}.`;
    case 'denied':
      return `This was denied by ${person(deniedBy ?? requestedBy, user)} ${at}.`;
    case 'expired':
      return `This expired ${at}, since nobody had approved it in time.`;
    case 'cancelled':
      return `This was cancelled by ${person(cancelledBy ?? requestedBy, user)} ${at}.`;
  }
}

function person(id: string, user: string): string {
  return id === user ? 'you' : mention(id);
}

function whatNow(deployment: Deployment): string {
  const { state, cluster } = deployment;
  switch (state) {
    case 'requested':
    case 'planned':
      return 'Wait until the card shows it.';
    case 'awaiting-approval':
      return 'Somebody else has to approve, too.';
    case 'queued':
    case 'running':
    case 'succeeded':
      return `${commandText('status', cluster)} tells how it is.`;
    case 'cancelled':
      return cancelledNext(deployment);
    default:
      return `${sameCommand(deployment)} asks again.`;
  }
}
