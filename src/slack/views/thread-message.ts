import type { types } from '@slack/bolt';
import { canRetry } from '../../clusters/decisions.ts';
import type { Deployment, DeploymentEvent, Failure } from '../../clusters/deployment.ts';
import { type Action, type StepName, type StepResults, stepsOf } from '../../clusters/steps.ts';
import { actionWords, changesText, commandText, sameCommand } from '../texts/cluster-texts.ts';
import {
  begun,
  cancelledNext,
  capital,
  hasBuildLog,
  hasStack,
  reasonText,
  remains,
  waitingText,
  workedMs,
} from '../texts/state-texts.ts';
import {
  builtText,
  cleanedUpText,
  credentialText,
  drainedText,
  publishedText,
  purgedText,
  resizedText,
  stepTitle,
  upgradedText,
} from '../texts/step-texts.ts';
import { actions, type Block, section } from './blocks.ts';
import { extendButton, keepButton, logButton, retryButton } from './buttons.ts';
import { codeBlock } from './code-block.ts';
import {
  downLines,
  failureLines,
  noteLine,
  planLine,
  scaledLines,
  tearDownOf,
  upgradedLines,
  upLines,
} from './deployment-card.ts';
import { healthSummary, healthTables } from './health-tables.ts';
import { allOf, code, cut, date, fitLines, link, mention, oneLine } from './mrkdwn.ts';
import { count, duration, roughly } from './quantities.ts';

type EventOf<Type extends DeploymentEvent['type']> = Extract<DeploymentEvent, { type: Type }>;

/** Slack shortens a message far above this; nobody reads one that is longer. */
const longest = 2900;

/** One message of a thread. */
export interface ThreadMessage {
  readonly text: string;
  readonly blocks?: Block[];
}

/**
 * What the thread is told of an event; undefined for events that the card alone shows. The deployment may have gone on
 * since: the thread is sometimes told late. Pure.
 */
export function threadMessage(event: DeploymentEvent, deployment: Deployment): ThreadMessage | undefined {
  const lines = linesOf(event, deployment);
  if (lines === undefined) return undefined;
  const text = fitLines([...lines, ...freeLines(event, deployment)], longest);
  const buttons = buttonsFor(event, deployment);
  return buttons.length === 0 ? { text } : { text, blocks: [section(text), actions(buttons)] };
}

/** What can be done about it, beside the words: the thread may be far below the card. */
function buttonsFor({ type }: DeploymentEvent, deployment: Deployment): types.Button[] {
  if (type === 'expiry-warned') return endButtons(deployment);
  return type === 'failed' ? failureButtons(deployment) : [];
}

function failureButtons(deployment: Deployment): types.Button[] {
  const { id } = deployment;
  return [
    ...(canRetry(deployment) ? [retryButton(id)] : []),
    ...(hasStack(deployment) ? [tearDownOf(deployment)] : []),
    ...(hasBuildLog(deployment) ? [logButton(id)] : []),
  ];
}

function linesOf(event: DeploymentEvent, deployment: Deployment): string[] | undefined {
  switch (event.type) {
    case 'requested':
      return requestedLines(event);
    case 'planned':
      return plannedLines(event);
    case 'approval-requested':
      return [`${waitingText({ ...deployment, approvals: [] })}. The buttons are on the card above.`];
    case 'approved':
      return [`✓ Approved by ${mention(event.by)}${approvalNumber(event, deployment)}`];
    case 'denied':
      return [deniedText(event, deployment)];
    case 'changed':
      return changedLines(event);
    case 'reminded':
      return [remindedText(event, deployment)];
    case 'expired':
      return [`– Nobody approved in time, so nothing was changed. ${sameCommand(deployment)} asks again.`];
    case 'cancelled':
      return cancelledLines(event, deployment);
    case 'queued':
      return queuedLines(event, deployment);
    case 'extended':
      return [`● ${mention(event.by)} keeps *${deployment.cluster}* until ${date(event.until)}.`];
    case 'expiry-warned':
      return [endLine(event, deployment)];
    case 'gone':
      // Once: in the thread of the card that the cluster began with.
      return deployment.action === 'up' ? [`– *${deployment.cluster}* was torn down.`] : undefined;
    case 'retried':
      return [`● ${mention(event.by)} tries again; finished steps are kept.`];
    default:
      return workLines(event, deployment);
  }
}

function workLines(event: DeploymentEvent, deployment: Deployment): string[] | undefined {
  switch (event.type) {
    case 'step-retried':
      return [`● ${stepTitle(event.step, deployment)} is tried again: ${cut(event.failure.message, 600)}`];
    case 'stack-event':
      return stackLines(event);
    case 'node-event':
      return [nodeLine(event)];
    case 'step-finished':
      return withTables(event, finishedText(event, deployment));
    case 'succeeded':
      return succeededLines(deployment);
    case 'failed':
      return failedLines(event, deployment);
    default:
      return undefined;
  }
}

/** The end may have been moved by the time that the thread is told. */
function endLine({ at, leftMs }: EventOf<'expiry-warned'>, { cluster, expiry }: Deployment): string {
  return `● *${cluster}* is torn down in ${roughly(leftMs)}, ${date(expiry?.until ?? at + leftMs)}. Extend or Keep until… keep it for longer.`;
}

function endButtons(deployment: Deployment): types.Button[] {
  const value = { cluster: deployment.cluster, deployment: deployment.id };
  return [extendButton(value), keepButton(value), tearDownOf(deployment)];
}

function nodeLine({ node, what, version = '' }: EventOf<'node-event'>): string {
  const name = oneLine(node, 80);
  return what === 'drained' ? `● ${name} is drained` : `● ${name} upgraded to ${oneLine(version, 100)} and Ready`;
}

const ends: readonly DeploymentEvent['type'][] = ['denied', 'expired', 'cancelled', 'succeeded', 'failed'];

/** Those who waited for the cluster, by mention, so that Slack tells them. */
function freeLines({ type }: DeploymentEvent, { cluster, awaitedBy = [] }: Deployment): string[] {
  if (!ends.includes(type) || awaitedBy.length === 0) return [];
  return [`● *${cluster}* is free now: ${allOf(awaitedBy.map(mention))}`];
}

function requestedLines({ action, cluster, requestedBy, because, spec }: EventOf<'requested'>): string[] {
  if (because === 'expired')
    return [`● The time of *${cluster}* is over, so it is torn down. ${mention(requestedBy)} had asked for it.`];
  const to: Partial<Record<Action, string>> = {
    scale: ` to ${count(spec.nodes.count, 'node')}`,
    upgrade: ` to ${oneLine(spec.kubernetes.version, 100)}`,
  };
  return [`${mention(requestedBy)} asked to ${actionWords[action].verb} *${cluster}*${to[action] ?? ''}`];
}

/** The card drops the plan when the work begins; the thread keeps what was approved. */
function plannedLines({ plan }: EventOf<'planned'>): string[] {
  return [
    '*Plan*',
    ...plan.lines.map((line) => `• ${planLine(line)}`),
    ...plan.warnings.map((text) => `• ${noteLine(text)}`),
  ];
}

function approvalNumber({ by }: EventOf<'approved'>, { terms, approvals }: Deployment): string {
  const place = approvals.findIndex((approval) => approval.by === by);
  // By the time that the thread is told, a change may have made it void.
  return terms.count < 2 || place < 0 ? '' : ` (${place + 1} of ${terms.count})`;
}

function deniedText({ by, reason }: EventOf<'denied'>, deployment: Deployment): string {
  const { requestedBy } = deployment;
  const who = by === requestedBy ? `${mention(by)} withdrew the request` : `Denied by ${mention(by)}`;
  const why = reason === undefined ? '' : `: ${reasonText(reason)}`;
  return `✗ ${who}${why}. Nothing was changed; ${sameCommand(deployment)} asks again.`;
}

/** Whoever approved what was asked for before has to know that it does not count any more. */
function changedLines({ by, changes }: EventOf<'changed'>): string[] {
  return [
    `● ${mention(by)} changed what is asked for: ${changesText(changes)}.`,
    'It is planned anew; approvals given so far are void.',
  ];
}

/** Nobody is mentioned again: whoever may approve was when they were asked. */
function remindedText({ at, leftMs }: EventOf<'reminded'>, deployment: Deployment): string {
  const { terms, approvals, approvalUntil } = deployment;
  const missing = Math.max(1, terms.count - approvals.length);
  return `● Half of the time is over: ${count(missing, 'approval is', 'approvals are')} still needed within ${roughly(leftMs)}, until ${date(approvalUntil ?? at + leftMs)}. The buttons are on the card above.`;
}

function queuedLines({ round }: EventOf<'queued'>, { terms }: Deployment): string[] | undefined {
  if (round > 1) return ['● A worker was lost, so what is left to do is started again; finished steps are kept.'];
  return terms.count === 0 ? ['● Starting; no approval is needed.'] : undefined;
}

function finishedText(event: EventOf<'step-finished'>, deployment: Deployment): string {
  const startedAt = deployment.steps[event.step]?.startedAt;
  const took = startedAt === undefined || event.at - startedAt < 1000 ? '' : ` in ${duration(event.at - startedAt)}`;
  return `✓ ${finishedWords(event, deployment, took)}`;
}

function finishedWords(event: EventOf<'step-finished'>, deployment: Deployment, took: string): string {
  switch (event.step) {
    case 'build':
      return builtText(event.result, took);
    case 'publish':
      return publishedText(event.result, took);
    case 'image':
      return presence('Image', event.result.name, event.result.uploaded ? `uploaded to Glance${took}` : undefined);
    case 'keypair':
      return presence('Keypair', event.result.name, event.result.imported ? `imported into Nova${took}` : undefined);
    case 'credential':
      return credentialText(event.result, deployment, took);
    case 'stack': {
      const { name, nodes, apiAddress } = event.result;
      return `Stack ${oneLine(name, 100)} complete${took}: control plane at ${oneLine(apiAddress, 60)}, ${count(nodes.length, 'node')}`;
    }
    case 'verify':
      return verifiedText(event.result);
    case 'purge':
      return purgedText(event.result, took);
    case 'delete-stack':
      return event.result.existed ? `Stack deleted${took}` : `There was no stack to delete for ${deployment.cluster}`;
    case 'clean-up':
      return cleanedUpText(event.result, took);
    case 'drain':
      return drainedText(event.result, took);
    case 'resize':
      return resizedText(event.result, took);
    case 'upgrade':
      return upgradedText(event.result, took);
  }
}

/** Who saw it matters where it was not this worker: then nobody has tried the API from outside. */
function verifiedText({ apiUrl, health }: StepResults['verify']): string {
  if (health === undefined) return `The Kubernetes API answers at ${link(apiUrl)}`;
  const summary = healthSummary(health);
  return health.seenBy === 'api'
    ? `The Kubernetes API answers at ${link(apiUrl)}: ${summary}`
    : `${summary}, as the control plane reports; this worker cannot reach the API`;
}

/** The nodes and pods stay in the thread as they were when the cluster came up. */
function withTables(event: EventOf<'step-finished'>, text: string): string[] {
  const health = event.step === 'verify' ? event.result.health : undefined;
  return health === undefined ? [text] : [text, healthTables(health, longest - text.length - 1)];
}

function presence(kind: string, name: string, made: string | undefined): string {
  return `${kind} ${oneLine(name, 100)} ${made ?? 'was there already'}`;
}

/** A stack's milestones in words, by the names that the template gives its resources. */
const milestones: Readonly<Record<string, string>> = {
  control_plane_server: 'control plane server created',
  control_plane_server_on_volume: 'control plane server created',
  control_plane_floating_ip: 'floating IP assigned',
  control_plane_boot: 'control plane signalled that its first boot is done',
  node_server: 'a node’s server created',
  node_server_on_volume: 'a node’s server created',
  node_boot: 'a node signalled that its first boot is done',
};

function stackLines({ resource, resourceType, status, reason }: EventOf<'stack-event'>): string[] | undefined {
  if (status.endsWith('_FAILED')) {
    return [`✗ Stack: ${code(resource)} (${oneLine(resourceType, 100)}) failed: ${cut(reason, 600)}`];
  }
  const words = milestones[resource];
  return words === undefined || status !== 'CREATE_COMPLETE' ? undefined : [`● Stack: ${words}`];
}

function succeededLines(deployment: Deployment): string[] {
  const took = `Done in ${duration(workedMs(deployment))}.`;
  const { cluster, action } = deployment;
  if (action === 'scale' || action === 'upgrade') {
    const lines = action === 'scale' ? scaledLines(deployment) : upgradedLines(deployment);
    return [...markFirst(lines), `${took} ${commandText('pods', cluster)} shows how it is.`];
  }
  return action === 'up'
    ? [
        ...markFirst(upLines(deployment)),
        `${took} ${commandText('kubeconfig', cluster)} lets you in; ${commandText('pods', cluster)} shows how it is, ${commandText('down', cluster)} removes it.`,
      ]
    : [...markFirst(downLines(deployment)), `${took} ${commandText('up', cluster)} brings it back.`];
}

function markFirst([first = '', ...others]: string[]): string[] {
  return [`✓ ${first}`, ...others];
}

function failedLines({ failure, step }: EventOf<'failed'>, deployment: Deployment): string[] {
  const next = step === undefined ? `${sameCommand(deployment)} tries again.` : retryText(step, deployment);
  const title = `✗ *${failedTitle(step, deployment)}*`;
  const words = failure.lines === undefined ? failureLines(failure) : quotingLines(failure, failure.lines);
  return [title, ...words, next];
}

/** By the event alone: the deployment may have been taken up again by the time that the thread is told. */
function retryText(step: StepName, { before }: Deployment): string {
  if (before !== undefined) return 'The cluster runs. *Retry* goes on from there.';
  const removal =
    step === 'stack' || step === 'verify' ? '; what was made is still there, and *Tear down* removes it' : '';
  return `*Retry* goes on from there${removal}.`;
}

/** What a program said stands between what happened and what to do; both are short then, so that it fits. */
function quotingLines({ message, hint }: Failure, lines: readonly string[]): string[] {
  const block = codeBlock(lines);
  return [
    oneLine(message, 400),
    ...(block === undefined ? [] : [block]),
    ...(hint === undefined ? [] : [`→ ${oneLine(hint, 250)}`]),
  ];
}

/** Who cancelled it, what stays, and what can be done. */
function cancelledLines({ by }: EventOf<'cancelled'>, deployment: Deployment): string[] {
  const { action, cluster } = deployment;
  const what = begun(deployment)
    ? `${actionWords[action].doing} *${cluster}*`
    : `the request to ${actionWords[action].verb} *${cluster}*`;
  return [
    `– ${mention(by)} cancelled ${what}${during(deployment)}.`,
    `${remains(deployment)} ${cancelledNext(deployment)}`,
  ];
}

/** ", during: Kubernetes v1.34.2 from source", by the steps that were running. */
function during(deployment: Deployment): string {
  const running = stepsOf[deployment.action].filter((step) => deployment.steps[step]?.state === 'running');
  return running.length === 0 ? '' : `, during: ${running.map((step) => stepTitle(step, deployment)).join('; ')}`;
}

function failedTitle(step: StepName | undefined, deployment: Deployment): string {
  const doing = `${capital(actionWords[deployment.action].doing)} ${deployment.cluster}`;
  return step === undefined ? `${doing} failed` : `${doing} failed at: ${stepTitle(step, deployment)}`;
}
