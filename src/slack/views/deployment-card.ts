import type { types } from '@slack/bolt';
import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { canRetry, revisionOf } from '../../clusters/decisions.ts';
import { type Deployment, type Failure, isTerminal, makerId } from '../../clusters/deployment.ts';
import type { Finding } from '../../clusters/finding.ts';
import type { ClusterHealth } from '../../clusters/health.ts';
import { expiryOf } from '../../clusters/lifetime.ts';
import type { PlanLine } from '../../clusters/plan.ts';
import type { Action } from '../../clusters/steps.ts';
import { actionWords, cloudText, controlPlaneText, networkText, nodesText, versionOf } from '../texts/cluster-texts.ts';
import {
  begun,
  cancelQuestion,
  failedInPlan,
  hasBuildLog,
  hasStack,
  headline,
  nextAction,
  stateLine,
  summary,
} from '../texts/state-texts.ts';
import { shortCommit, volumeLines } from '../texts/step-texts.ts';
import { actions, type Block, context, fields, header, limits, type Message, section } from './blocks.ts';
import {
  approveButton,
  cancelButton as cancelButtonOf,
  changeButton,
  denyButton,
  extendButton,
  keepButton,
  kubeconfigButton,
  logButton,
  podsButton,
  retryButton,
  scaleButton,
  tearDownButton,
  topologyButton,
} from './buttons.ts';
import { checklist } from './checklist.ts';
import { healthTables, seenText } from './health-tables.ts';
import { allOf, code, date, fitLines, link, mention, oneLine } from './mrkdwn.ts';
import { count } from './quantities.ts';

/** The longest value of a field; six of them have to leave room for the rest of the message. */
const longestField = 200;

/**
 * The card of a deployment: one message for its whole life, changed in place, always in the same shape. A headline, what
 * the cluster is made of, the plan or the checklist, where it stands and what to do next, and the buttons that do
 * something now. Pure: the same deployment gives the same card.
 */
export function deploymentCard(deployment: Deployment): Message {
  const buttons = buttonsOf(deployment);
  const blocks: Block[] = [
    header(headline(deployment)),
    fields(summaryFields(deployment), 'summary'),
    section(body(deployment), 'body'),
    context(`${stateLine(deployment)}\n${nextAction(deployment)}`, 'state'),
    ...(buttons.length > 0 ? [actions(buttons, 'buttons')] : []),
  ];
  return { text: cardText(deployment), blocks };
}

function cardText(deployment: Deployment): string {
  const { failure } = deployment;
  return failure === undefined ? summary(deployment) : `${summary(deployment)}: ${oneLine(failure.message, 1000)}`;
}

/** What the cluster is made of. The plan knows more of each than clusters.yaml does, so its words come first. */
function summaryFields(deployment: Deployment): [string, string][] {
  const { spec } = deployment;
  return [
    ['Kubernetes', kubernetesText(deployment)],
    ['Cloud', cloudText(spec)],
    ['Control plane', planned(deployment, 'Control plane') ?? controlPlaneText(spec)],
    ['Nodes', planned(deployment, 'Nodes') ?? nodesText(spec)],
    ['Network', networkText(spec)],
    ['Requested by', mention(deployment.requestedBy)],
  ];
}

/** "v1.34.2 → `0123456789ab`", and on a line of its own where it comes from. */
function kubernetesText(deployment: Deployment): string {
  const { action, spec, steps, plan } = deployment;
  const version = versionOf(deployment);
  if (action === 'down' || action === 'scale') return oneLine(version, 100);
  if (spec.kubernetes.source === 'release') return `${oneLine(version, 100)}\nofficial release`;
  const commit = steps.build?.result?.commit ?? plan?.commit;
  const which = commit === undefined || commit.startsWith(version) ? '' : ` → ${code(shortCommit(commit))}`;
  return `${oneLine(version, 100)}${which}\nbuilt from source`;
}

function planned({ plan }: Deployment, label: string): string | undefined {
  const line = plan?.lines.find((candidate) => candidate.label === label);
  return line && oneLine(line.text, longestField);
}

function body(deployment: Deployment): string {
  if (failedInPlan(deployment)) return fitLines(outcome(deployment).slice(0, -1), limits.section);
  const lines = [...outcome(deployment), ...(showsPlan(deployment) ? planLines(deployment) : checklist(deployment))];
  const health = healthOf(deployment);
  return health === undefined ? fitLines(lines, limits.section) : withHealth(lines, health);
}

/** What was seen of a cluster when it came up. */
function healthOf({ state, steps, goneAt }: Deployment): ClusterHealth | undefined {
  return state === 'succeeded' && goneAt === undefined ? steps.verify?.result?.health : undefined;
}

/** What the outcome and the checklist may take of a card that lists nodes and pods below them. */
const mostAboveTables = 1_400;

function withHealth(lines: readonly string[], health: ClusterHealth): string {
  const above = fitLines(lines, mostAboveTables);
  const seen = seenText(health);
  const room = limits.section - above.length - seen.length - '\n\n\n'.length;
  return `${above}\n\n${healthTables(health, room)}\n${seen}`;
}

/** Before the work begins the plan is what counts, and after that the checklist. */
function showsPlan(deployment: Deployment): boolean {
  const { state } = deployment;
  return !begun(deployment) && state !== 'succeeded' && state !== 'failed';
}

const shownAsField = ['Kubernetes', 'Control plane', 'Nodes', 'Network'];

function planLines({ plan }: Deployment): string[] {
  if (plan === undefined) return ['Looking at what is there and what will have to be made …'];
  const others = plan.lines.filter(({ label }) => !shownAsField.includes(label));
  const lines = [...plan.warnings.map(noteLine), ...others.map(planLine)];
  return lines.length > 0 ? lines : ['Everything is as described above.'];
}

/** One line of a plan: what it is about, and what will happen. */
export function planLine({ label, text }: PlanLine): string {
  return `*${oneLine(label, 60)}* · ${oneLine(text, 500)}`;
}

/** Something that an approver should know. */
export function noteLine(text: string): string {
  return `*Note* · ${oneLine(text, 500)}`;
}

/** How it ended, above the checklist. */
function outcome(deployment: Deployment): string[] {
  if (deployment.goneAt !== undefined)
    return marked('–', [`*${deployment.cluster} was torn down* ${date(deployment.goneAt)}`]);
  if (deployment.failure !== undefined) return marked('✗', failureLines(deployment.failure));
  if (deployment.state !== 'succeeded') return [];
  return marked('✓', outcomeLines[deployment.action](deployment));
}

const outcomeLines: Readonly<Record<Action, (deployment: Deployment) => string[]>> = {
  up: upLines,
  down: downLines,
  scale: scaledLines,
  upgrade: upgradedLines,
};

/** With a mark before it and an empty line behind it. */
function marked(mark: string, [first = '', ...others]: readonly string[]): string[] {
  return [`${mark} ${first}`, ...others, ''];
}

/** What happened, and what to do about it. Each of several problems stays with its hint when not all fit. */
export function failureLines({ message, hint, problems = [] }: Failure): string[] {
  return [oneLine(message, 1500), ...problems.map(problemLine), ...(hint ? [`→ ${oneLine(hint, 600)}`] : [])];
}

/** One thing that stands in the way, and what to change. */
export function problemLine({ text, hint }: Pick<Finding, 'text' | 'hint'>): string {
  return `✗ ${oneLine(text, 600)}${hint === undefined ? '' : `\n→ ${oneLine(hint, 300)}`}`;
}

/** "staging is up", with how it is reached. */
export function upLines(deployment: Deployment): string[] {
  const { cluster, spec, steps } = deployment;
  const nodes = steps.stack?.result?.nodes ?? [];
  const listed = healthOf(deployment) !== undefined;
  const url = steps.verify?.result?.apiUrl ?? steps.stack?.result?.apiUrl ?? '';
  return [
    `*${cluster} is up* · Kubernetes ${oneLine(versionOf(deployment), 100)} with ${serversText(spec, nodes.length)}`,
    ...(url === '' ? [] : [`API · ${link(url)}`]),
    ...(listed || nodes.length === 0 ? [] : [`Nodes · ${nodeList(nodes)}`]),
  ];
}

/** "1 control plane and 2 nodes": to Kubernetes all of these are nodes, so both are named. */
function serversText({ controlPlane }: ClusterSpec, nodes: number): string {
  return allOf([count(controlPlane.count, 'control plane'), count(nodes, 'node')]);
}

/** "staging has 3 nodes", with what became of the others. */
export function scaledLines({ cluster, steps, spec }: Deployment): string[] {
  const { nodes = [] } = steps.resize?.result ?? {};
  return [`*${cluster} has ${count(nodes.length, 'node')}* · ${serversText(spec, nodes.length)}`];
}

/** "staging has v1.35.1", with how many servers that are. */
export function upgradedLines(deployment: Deployment): string[] {
  const { cluster, spec } = deployment;
  return [`*${cluster} has ${oneLine(versionOf(deployment), 100)}* · ${serversText(spec, spec.nodes.count)}`];
}

/** "staging is down". */
export function downLines({ cluster, steps }: Deployment): string[] {
  const existed = steps['delete-stack']?.result?.existed ?? true;
  return [
    `*${cluster} is down* · ${existed ? 'its stack and all that was in it are gone' : 'there was no stack left'}`,
    ...(steps.purge?.result === undefined ? [] : volumeLines(steps.purge.result)),
  ];
}

const nodesShown = 12;

function nodeList(nodes: readonly string[]): string {
  const shown = nodes.slice(0, nodesShown).map((name) => oneLine(name, 80));
  const more = nodes.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function buttonsOf(deployment: Deployment): types.Button[] {
  const { id, cluster, state } = deployment;
  const value = { cluster, deployment: id };
  if (state === 'awaiting-approval') return approvalButtons(deployment);
  const log = hasBuildLog(deployment) ? [logButton(id)] : [];
  if (state === 'queued' || state === 'running') return [cancelButton(deployment), ...log];
  const retry = canRetry(deployment) ? [retryButton(id)] : [];
  const inside = healthOf(deployment) === undefined ? [] : insideButtons(deployment);
  if (!hasStack(deployment) || !isTerminal(state)) return [...retry, ...inside, ...log];
  const longer = expiryOf(deployment) === undefined ? [] : [extendButton(value), keepButton(value)];
  return [...retry, ...inside, ...longer, tearDownOf(deployment), ...log];
}

/** For the cluster that is up, by the deployment that made it. */
function insideButtons(deployment: Deployment): types.Button[] {
  const value = { cluster: deployment.cluster, deployment: makerId(deployment) };
  return [kubeconfigButton(value), podsButton(value), topologyButton(value), scaleButton(value)];
}

/** The buttons of a card that waits. They carry what they were shown for: whoever clicks late is told that it was changed. */
export function approvalButtons(deployment: Deployment): types.Button[] {
  const value = { deployment: deployment.id, revision: revisionOf(deployment) };
  const change = deployment.action === 'up' ? [changeButton(value)] : [];
  return [approveButton(value), denyButton(value), ...change];
}

function cancelButton(deployment: Deployment): types.Button {
  const { id, action, cluster } = deployment;
  return cancelButtonOf(id, `Cancel ${actionWords[action].doing} ${cluster}?`, cancelQuestion(deployment));
}

/** The button that removes what a deployment has made. */
export function tearDownOf({ id, cluster, steps }: Deployment): types.Button {
  const nodes = steps.stack?.result?.nodes;
  return tearDownButton({ cluster, nodes, value: { cluster, deployment: id } });
}
