import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { DelayedError, type Job } from 'bullmq';
import type { Deployment } from '../src/clusters/deployment.ts';
import type { Logger } from '../src/log.ts';
import type { DeploymentJob } from '../src/queue/jobs.ts';
import { deploymentCard } from '../src/slack/views/deployment-card.ts';
import { threadMessage } from '../src/slack/views/thread-message.ts';
import type { Deployments, StoredEvent } from '../src/store/deployments.ts';
import type { ThreadState, Threads } from '../src/store/threads.ts';
import { cardDeleted, slackSaid } from './slack-said.ts';
import { waitAfter } from './slack-wait.ts';

/** Slack's chat.update is Tier 3 (50 a minute) for all cards of a workspace together; this leaves some for retries. */
const cardUpdatesPerMinute = 45;

/** The shortest time between two updates of one card. */
const cardIntervalMs = 3_000;

/** What the notify job needs. */
export interface NotifyTools {
  readonly deployments: Deployments;
  readonly threads: Threads;
  readonly slack: WebClient;
  readonly log: Logger;
}

/** What a notify job keeps between two tries. */
interface NotifyJob extends DeploymentJob {
  readonly outages?: number;
}

/**
 * Brings one deployment's card and thread up to date: the one writer to threads. What was posted is recorded message by
 * message, so that after a crash at most the one in flight appears twice. When a card may not be updated yet, or Slack
 * is away, the job puts itself off and goes on where it stopped.
 */
export async function notify(job: Job<NotifyJob>, token: string, tools: NotifyTools): Promise<void> {
  let waitMs: number;
  let outages = 0;
  try {
    waitMs = await bringUpToDate(job.data.deployment, tools);
  } catch (error) {
    outages = (job.data.outages ?? 0) + 1;
    waitMs = waitAfter(error, outages);
    tools.log.warn({ err: error, deployment: job.data.deployment, waitMs }, 'telling Slack');
  }
  if (waitMs === 0) return;
  await job.updateData({ deployment: job.data.deployment, outages });
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}

/** Answers 0 when everything has been told, or the milliseconds after which the card may be updated. */
async function bringUpToDate(id: string, tools: NotifyTools): Promise<number> {
  const { deployments, threads } = tools;
  const known = await threads.find(id);
  // The events first: the deployment that is read after them knows at least as much, so no message is told half.
  const events = await deployments.events(id, known?.position);
  const deployment = await deployments.find(id);
  if (deployment === undefined) {
    await threads.markAnnounced(id, '');
    return 0;
  }
  const card = await updateCard(deployment, known ?? (await postCard(deployment, tools)), tools);
  let { thread } = card;
  for (const stored of events) thread = await tell(stored, deployment, thread, tools);
  if (thread.position !== known?.position) await threads.save(id, thread);
  if (card.waitMs === 0) await threads.markAnnounced(id, thread.position);
  return card.waitMs;
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

/** Tells the thread of one event, if it is a milestone, and notes that it has been told. */
async function tell(
  { id, event }: StoredEvent,
  deployment: Deployment,
  thread: ThreadState,
  tools: NotifyTools,
): Promise<ThreadState> {
  const message = threadMessage(event, deployment);
  if (message === undefined) return { ...thread, position: id };
  const told = { ...(await reply(message, deployment, thread, tools)), position: id };
  await tools.threads.save(deployment.id, told);
  return told;
}

async function reply(
  message: { text: string },
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
