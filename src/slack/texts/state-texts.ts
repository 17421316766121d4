import { canRetry } from '../../clusters/decisions.ts';
import type { Deployment, DeploymentState } from '../../clusters/deployment.ts';
import { expiryOf } from '../../clusters/lifetime.ts';
import type { Action, StepName } from '../../clusters/steps.ts';
import { allOf, anyOf, date, mention, oneLine } from '../views/mrkdwn.ts';
import { duration } from '../views/quantities.ts';
import { actionWords, commandText, resultText, sameCommand } from './cluster-texts.ts';

/** A card's headline after the cluster's name, in a word or two. */
const headlines: Readonly<Record<Action, Readonly<Record<DeploymentState, string>>>> = {
  up: {
    requested: 'planning',
    planned: 'planned',
    'awaiting-approval': 'waiting for approval',
    queued: 'starting',
    running: 'bringing up',
    succeeded: 'up',
    failed: 'bringing up failed',
    cancelled: 'cancelled',
    denied: 'denied',
    expired: 'expired',
  },
  down: {
    requested: 'planning to tear down',
    planned: 'planned to tear down',
    'awaiting-approval': 'waiting for approval to tear down',
    queued: 'starting to tear down',
    running: 'tearing down',
    succeeded: 'down',
    failed: 'tearing down failed',
    cancelled: 'tearing down cancelled',
    denied: 'tearing down denied',
    expired: 'tearing down expired',
  },
  scale: {
    requested: 'planning to scale',
    planned: 'planned to scale',
    'awaiting-approval': 'waiting for approval to scale',
    queued: 'starting to scale',
    running: 'scaling',
    succeeded: 'scaled',
    failed: 'scaling failed',
    cancelled: 'scaling cancelled',
    denied: 'scaling denied',
    expired: 'scaling expired',
  },
  upgrade: {
    requested: 'planning to upgrade',
    planned: 'planned to upgrade',
    'awaiting-approval': 'waiting for approval to upgrade',
    queued: 'starting to upgrade',
    running: 'upgrading',
    succeeded: 'upgraded',
    failed: 'upgrading failed',
    cancelled: 'upgrading cancelled',
    denied: 'upgrading denied',
    expired: 'upgrading expired',
  },
};

const impossible: Readonly<Record<Action, string>> = {
  up: 'cannot be brought up',
  down: 'cannot be torn down',
  scale: 'cannot be scaled',
  upgrade: 'cannot be upgraded',
};

/** "staging · bringing up". */
export function headline(deployment: Deployment): string {
  const { cluster, action, state, goneAt } = deployment;
  if (goneAt !== undefined) return `${cluster} · gone`;
  return `${cluster} · ${failedInPlan(deployment) ? impossible[action] : headlines[action][state]}`;
}

/** True for a deployment that ended before there was a plan, so that nothing of it was begun. */
export function failedInPlan({ state, plan }: Deployment): boolean {
  return state === 'failed' && plan === undefined;
}

/** The card's small print: where the deployment stands, who decided what, and until or since when. */
export function stateLine(deployment: Deployment): string {
  const parts = [standing(deployment), approvedBy(deployment), changedText(deployment), endText(deployment)];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function standing(deployment: Deployment): string {
  const { state, finishedAt, requestedAt, goneAt } = deployment;
  if (goneAt !== undefined) return `– Gone since ${date(goneAt)}`;
  const end = date(finishedAt ?? requestedAt);
  switch (state) {
    case 'requested':
      return `○ Looking at the cloud since ${date(requestedAt)}`;
    case 'planned':
      return '○ Planned';
    case 'awaiting-approval':
      return `○ ${waitingText(deployment)}`;
    case 'queued':
      return '○ Waiting for a worker';
    case 'running':
      return `● Running since ${date(startedAt(deployment) ?? requestedAt)}`;
    case 'succeeded':
      return `✓ Done ${end}, after ${duration(workedMs(deployment))}`;
    case 'failed':
      return `✗ Failed ${end}`;
    case 'denied':
      return deniedText(deployment, end);
    case 'expired':
      return `– Expired ${end}, since nobody approved in time`;
    case 'cancelled':
      return `– Cancelled by ${mention(deployment.cancelledBy ?? deployment.requestedBy)} ${end}`;
  }
}

/** "Waiting for 1 approval by @platform, until today at 15:00". */
export function waitingText({ terms, approvals, approvalUntil }: Deployment): string {
  const missing = terms.count - approvals.length;
  const number = approvals.length === 0 ? `${missing}` : `${missing} more`;
  const until = approvalUntil === undefined ? '' : `, until ${date(approvalUntil)}`;
  return `Waiting for ${number} ${missing === 1 ? 'approval' : 'approvals'} by ${anyOf(terms.from.map(mention))}${until}`;
}

function deniedText({ deniedBy, deniedBecause, requestedBy }: Deployment, end: string): string {
  const why = deniedBecause === undefined ? '' : `: ${reasonText(deniedBecause)}`;
  return `✗ Denied by ${mention(deniedBy ?? requestedBy)} ${end}${why}`;
}

/** What somebody wrote as a reason, between quotation marks. */
export function reasonText(reason: string): string {
  return `“${oneLine(reason, 600)}”`;
}

function changedText({ changedBy }: Deployment): string | undefined {
  return changedBy && `changed by ${mention(changedBy)}`;
}

/** When the cluster goes that this has made. */
function endText(deployment: Deployment): string | undefined {
  const expiry = expiryOf(deployment);
  return expiry && `torn down ${date(expiry.until)}`;
}

function approvedBy({ approvals }: Deployment): string | undefined {
  return approvals.length === 0 ? undefined : `approved by ${allOf(approvals.map(({ by }) => mention(by)))}`;
}

/** When the first step began; undefined before. */
function startedAt({ steps }: Deployment): number | undefined {
  const times = Object.values(steps).flatMap((step) => step.startedAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** How long the steps took together, waiting for a plan and an approval not counted. */
export function workedMs(deployment: Deployment): number {
  const { finishedAt, requestedAt } = deployment;
  return (finishedAt ?? requestedAt) - (startedAt(deployment) ?? requestedAt);
}

/** True when an up has begun with its stack, so that something may be left to tear down. */
export function hasStack({ action, steps, goneAt }: Deployment): boolean {
  return action === 'up' && (steps.stack?.attempt ?? 0) > 0 && goneAt === undefined;
}

/** True once a deployment was approved, so that its steps may have run. */
export function begun({ round }: Deployment): boolean {
  return round > 0;
}

/** True when there may be a log: something was built for this deployment, or was about to be. */
export function hasBuildLog({ spec, steps: { build } }: Deployment): boolean {
  if (spec.kubernetes.source !== 'build' || build === undefined || build.attempt === 0) return false;
  return build.result === undefined || build.result.made;
}

/** What a cancelled deployment leaves behind. */
export function remains(deployment: Deployment): string {
  return begun(deployment) ? remainsOf[deployment.action](deployment) : 'Nothing was changed.';
}

const remainsOf: Readonly<Record<Action, (deployment: Deployment) => string>> = {
  up: (deployment) =>
    hasStack(deployment)
      ? 'The stack is still there, and Heat goes on with what it has begun.'
      : 'There is no stack yet; what was finished is kept.',
  down(deployment) {
    if (hasBegun(deployment, 'delete-stack')) return 'What Heat has begun to delete it goes on deleting.';
    return hasBegun(deployment, 'purge')
      ? 'The stack is still there; load balancers of Services may be gone.'
      : 'Nothing was removed.';
  },
  scale(deployment) {
    const leaving = deployment.plan?.leaving ?? [];
    const drained = `${listOf(leaving)} ${leaving.length === 1 ? 'takes' : 'take'} no new pods (kubectl uncordon lets them come again)`;
    if (hasBegun(deployment, 'resize')) {
      const forNodes = leaving.length === 0 ? '' : `; what it has not removed of ${listOf(leaving)} takes no new pods`;
      return `The cluster runs; Heat goes on with what it has begun${forNodes}.`;
    }
    return leaving.length > 0 && hasBegun(deployment, 'drain')
      ? `The cluster runs with all its nodes; ${drained}, and pods that were moved stay where they are.`
      : 'Nothing was changed: the cluster runs with the nodes that it had.';
  },
  upgrade: (deployment) =>
    hasBegun(deployment, 'upgrade')
      ? 'The cluster runs, maybe with servers of both versions. A server that was at it goes on by itself; one that was being drained takes no new pods (kubectl uncordon lets them come again).'
      : 'No server was touched; what was finished of the release is kept.',
};

function hasBegun({ steps }: Deployment, step: StepName): boolean {
  return (steps[step]?.attempt ?? 0) > 0;
}

const nodesNamed = 3;

function listOf(nodes: readonly string[]): string {
  const names = nodes.slice(0, nodesNamed).map((name) => oneLine(name, 80));
  return nodes.length > nodesNamed ? `${names.join(', ')} and ${nodes.length - nodesNamed} more` : allOf(names);
}

/** What is to be known before a running deployment is cancelled. */
export function cancelQuestion(deployment: Deployment): string {
  return cancelQuestions[deployment.action](deployment);
}

const cancelQuestions: Readonly<Record<Action, (deployment: Deployment) => string>> = {
  up: (deployment) =>
    hasStack(deployment)
      ? 'All that Slipway does for it stops at once. The stack stays, and Heat goes on with it until it is torn down.'
      : 'All that Slipway does for it stops at once, a build with its containers, too. What was finished is kept.',
  down: () =>
    'Slipway stops at once. What Heat has begun to delete it goes on deleting, so the cluster is not whole after this.',
  scale: (deployment) =>
    hasBegun(deployment, 'resize')
      ? 'Slipway stops at once; the cluster runs. Heat goes on with the nodes that it has begun to make or to remove.'
      : 'Slipway stops at once; the cluster runs. Nodes that are being drained stay, and take no new pods.',
  upgrade: (deployment) =>
    hasBegun(deployment, 'upgrade')
      ? 'Slipway stops at once. The server that is at it goes on by itself, the others stay as they are: the cluster may be left with two versions.'
      : 'All that Slipway does for it stops at once, a build with its containers, too. No server has been touched yet.',
};

/** What can be done after that. */
export function cancelledNext(deployment: Deployment): string {
  const again = sameCommand(deployment);
  return hasStack(deployment) ? `Tear down removes it; after that, ${again} starts anew.` : `${again} asks again.`;
}

/** What the reader can do now. */
export function nextAction(deployment: Deployment): string {
  if (deployment.goneAt !== undefined) return `${commandText('up', deployment.cluster)} brings it back.`;
  const again = sameCommand(deployment);
  switch (deployment.state) {
    case 'requested':
    case 'planned':
      return 'The plan appears here in a moment.';
    case 'awaiting-approval':
      return 'Read the plan, then approve, deny or change it.';
    case 'queued':
    case 'running':
      return 'Nothing to do: the thread tells every step.';
    case 'succeeded':
      return succeededNext(deployment);
    case 'failed':
      return failedNext(deployment, again);
    case 'cancelled':
      return `${remains(deployment)} ${cancelledNext(deployment)}`;
    default:
      return `Nothing was changed. ${again} asks again.`;
  }
}

function succeededNext(deployment: Deployment): string {
  const { action, cluster } = deployment;
  return action === 'down' ? `${commandText('up', cluster)} brings it back.` : upNext(deployment);
}

/** Clusters of earlier versions cannot be asked how they are. */
function upNext({ cluster, steps }: Deployment): string {
  return steps.verify?.result?.health === undefined
    ? `${commandText('status', cluster)} tells how it is; the button removes it.`
    : `${commandText('kubeconfig', cluster)} lets you in, ${commandText('pods', cluster)} shows how it is now; so do the buttons.`;
}

function failedNext(deployment: Deployment, again: string): string {
  if (!canRetry(deployment)) return `${again} tries again.`;
  if (deployment.before !== undefined) return 'The cluster runs. Retry goes on from the step that failed.';
  const removal = hasStack(deployment) ? '; Tear down removes what was made' : '';
  return `Retry goes on from the step that failed${removal}.`;
}

/** One sentence for notifications and screen readers, which see no blocks. */
export function summary(deployment: Deployment): string {
  const { cluster, action, state, goneAt } = deployment;
  if (goneAt !== undefined) return `${cluster} is gone`;
  const { verb, being, doing, toBe } = actionWords[action];
  switch (state) {
    case 'requested':
    case 'planned':
      return `A plan to ${verb} ${cluster} is being made`;
    case 'awaiting-approval':
      return `${cluster}, ${toBe}, waits for approval`;
    case 'queued':
    case 'running':
      return `${cluster} ${being}`;
    case 'succeeded':
      return `${cluster} ${resultText(deployment)}`;
    case 'failed':
      return `${capital(doing)} ${cluster} failed`;
    case 'cancelled':
      return begun(deployment)
        ? `${capital(doing)} ${cluster} was cancelled`
        : `The request to ${verb} ${cluster} was cancelled`;
    default:
      return `The request to ${verb} ${cluster} was ${state}`;
  }
}

/** The same text with a capital at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
