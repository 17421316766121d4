import { createHash } from 'node:crypto';
import type { Job } from 'bullmq';
import type { Deployment } from '../src/clusters/deployment.ts';
import type { DeploymentJob } from '../src/queue/jobs.ts';
import { limits } from '../src/slack/views/blocks.ts';
import { deploymentCard } from '../src/slack/views/deployment-card.ts';
import { type ThreadMessage, threadMessage } from '../src/slack/views/thread-message.ts';
import type { StoredEvent } from '../src/store/deployments.ts';
import type { ThreadState } from '../src/store/threads.ts';
import { type PostingTurn, postingTurn } from './posting-turn.ts';
import { type ShareLogTools, shareLog } from './share-log.ts';
import { cardDeleted, slackSaid } from './slack-said.ts';
import { puttingOff } from './slack-wait.ts';

/** Slack's chat.update is Tier 3 (50 a minute) for all cards of a workspace together; this leaves some for retries. */
const cardUpdatesPerMinute = 45;

/** A card that has to wait for others is looked at as often as this: what happens meanwhile is told in the thread by then. */
const cardLookMs = 5_000;

/** The shortest time between two updates of one card. */
const cardIntervalMs = 3_000;

/** What the notify job needs. */
export type NotifyTools = ShareLogTools;

/** What a notify job keeps between two tries. */
interface NotifyJob extends DeploymentJob {
  /** Milliseconds since the epoch at which the next message is ours to post. */
  readonly turn?: number;
}

/**
 * Brings one deployment's card and thread up to date: the one writer to threads. What was posted is recorded message by
 * message, so that after a crash at most the one in flight appears twice. When a card may not be updated or nothing be
 * posted yet, or Slack is away, the job puts itself off and goes on where it stopped.
 */
export async function notify(job: Job<NotifyJob>, token: string, tools: NotifyTools): Promise<void> {
  const { deployment, turn: kept } = job.data;
  const turn = postingTurn(tools.threads, kept);
  await puttingOff(job, token, {
    work: () => bringUpToDate(deployment, turn, tools),
    keep: () => ({ deployment, ...(turn.kept !== undefined && { turn: turn.kept }) }),
    onOutage: (error, waitMs) => tools.log.warn({ err: error, deployment, waitMs }, 'telling Slack'),
  });
}

/** Answers 0 when everything has been told, or the milliseconds after which there is something to do again. */
async function bringUpToDate(id: string, turn: PostingTurn, tools: NotifyTools): Promise<number> {
  const { deployments, threads } = tools;
  const known = await threads.find(id);
  // The events first: the deployment that is read after them knows at least as much, so no message is told half.
  const events = await deployments.events(id, known?.position);
  const deployment = await deployments.find(id);
  if (deployment === undefined) {
    await threads.markAnnounced(id, '');
    return 0;
  }
  const tooEarly = known === undefined ? await turn.take(deployment.channel) : 0;
  if (tooEarly > 0) return tooEarly;
  const card = await updateCard(deployment, known ?? (await postCard(deployment, tools)), tools);
  const told = await tellAll(events, deployment, card.thread, turn, tools);
  if (told.thread.position !== known?.position) await threads.save(id, told.thread);
  // Below the reason; what Slack refuses of it is logged, and the button Log is there.
  if (told.waitMs === 0 && events.some(isFailedBuild)) await shareLog({ deployment: id }, tools);
  const waits = [Math.min(card.waitMs, cardLookMs), told.waitMs].filter((ms) => ms > 0);
  if (waits.length === 0) await threads.markAnnounced(id, told.thread.position);
  return waits.length === 0 ? 0 : Math.min(...waits);
}

/** Posts the card: at the start, and again when somebody deleted it, with the thread going on below the new one. */
async function postCard(deployment: Deployment, { slack, threads }: NotifyTools, position = ''): Promise<ThreadState> {
  const card = deploymentCard(deployment);
  const { channel, ts } = await slack.chat.postMessage({ channel: deployment.channel, ...card, ...noPreviews });
  const thread: ThreadState = {
    channel: channel ?? deployment.channel,
    cardTs: ts ?? '',
    cardDigest: digest(card),
    cardAt: Date.now(),
    position,
  };
  await threads.save(deployment.id, thread);
  return thread;
}

async function updateCard(
  deployment: Deployment,
  thread: ThreadState,
  tools: NotifyTools,
): Promise<{ thread: ThreadState; waitMs: number }> {
  const card = deploymentCard(deployment);
  const cardDigest = digest(card);
  if (cardDigest === thread.cardDigest) return { thread, waitMs: 0 };

  const now = Date.now();
  const early = thread.cardAt + cardIntervalMs - now;
  const waitMs = early > 0 ? early : await tools.threads.spendCardUpdate(cardUpdatesPerMinute, now);
  if (waitMs > 0) return { thread, waitMs };

  try {
    await tools.slack.chat.update({ channel: thread.channel, ts: thread.cardTs, ...card });
  } catch (error) {
    if (slackSaid(error, cardDeleted)) return { thread: await postCard(deployment, tools, thread.position), waitMs: 0 };
    if (!slackSaid(error, cardFixed)) throw error;
    tools.log.warn({ err: error, deployment: deployment.id }, 'a card cannot be updated any more');
  }
  const updated = { ...thread, cardDigest, cardAt: now };
  await tools.threads.save(deployment.id, updated);
  return { thread: updated, waitMs: 0 };
}

function isFailedBuild({ event }: StoredEvent): boolean {
  return event.type === 'failed' && event.step === 'build';
}

/** How far a thread has come, and the milliseconds until it may be told more; 0 when it knows everything. */
interface Told {
  readonly thread: ThreadState;
  readonly waitMs: number;
}

/**
 * Tells the thread of every milestone among the events, a message each; what has come together while a turn was waited for
 * goes into one. Notes after each message that it has been told.
 */
async function tellAll(
  events: readonly StoredEvent[],
  deployment: Deployment,
  known: ThreadState,
  turn: PostingTurn,
  tools: NotifyTools,
): Promise<Told> {
  let thread = known;
  for (const rest = milestones(events, deployment); rest.length > 0; ) {
    const waitMs = await turn.take(thread.channel);
    if (waitMs > 0) return { thread, waitMs };
    const { message, position } = turn.waited ? together(rest) : (rest.shift() ?? nothingLeft);
    thread = { ...(await reply(message, deployment, thread, tools)), position };
    await tools.threads.save(deployment.id, thread);
  }
  return { thread: { ...thread, position: events.at(-1)?.id ?? thread.position }, waitMs: 0 };
}

/** Something to tell, and up to which event the thread knows everything then. */
interface Milestone {
  readonly message: ThreadMessage;
  readonly position: string;
}

const nothingLeft: Milestone = { message: { text: '' }, position: '' };

function milestones(events: readonly StoredEvent[], deployment: Deployment): Milestone[] {
  return events.flatMap(({ id, event }) => {
    const message = threadMessage(event, deployment);
    return message === undefined ? [] : [{ message, position: id }];
  });
}

/** Takes as many as fit into one message off the list; one with buttons stands alone. */
function together(rest: Milestone[]): Milestone {
  let { message, position } = rest.shift() ?? nothingLeft;
  for (let next = rest[0]; next !== undefined; next = rest[0]) {
    const text = `${message.text}\n${next.message.text}`;
    if (message.blocks !== undefined || next.message.blocks !== undefined || text.length > limits.text) break;
    message = { text };
    position = next.position;
    rest.shift();
  }
  return { message, position };
}

async function reply(
  message: ThreadMessage,
  deployment: Deployment,
  thread: ThreadState,
  tools: NotifyTools,
): Promise<ThreadState> {
  const post = ({ channel, cardTs }: ThreadState) =>
    tools.slack.chat.postMessage({ channel, thread_ts: cardTs, ...message, ...noPreviews });
  try {
    await post(thread);
    return thread;
  } catch (error) {
    if (!slackSaid(error, cardDeleted)) throw error;
    const fresh = await postCard(deployment, tools, thread.position);
    await post(fresh);
    return fresh;
  }
}

const noPreviews = { unfurl_links: false, unfurl_media: false } as const;

/** What Slack says of a card that is there and cannot be changed: the thread goes on without it. */
const cardFixed = ['cant_update_message', 'edit_window_closed'];

function digest(card: object): string {
  return createHash('sha256').update(JSON.stringify(card)).digest('base64url');
}
