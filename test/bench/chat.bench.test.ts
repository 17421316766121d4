import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { type NotifyTools, notify } from '../../jobs/notify.ts';
import type { DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { silentLogger } from '../../src/log.ts';
import { startWorkspace } from '../../src/playground/workspace/workspace.ts';
import { queuePrefix } from '../../src/queue/jobs.ts';
import { Producer } from '../../src/queue/producer.ts';
import { deploymentCard } from '../../src/slack/views/deployment-card.ts';
import { threadMessage } from '../../src/slack/views/thread-message.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Threads } from '../../src/store/threads.ts';
import { type Happening, succeeded } from '../slack/support/histories.ts';
import { oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

/**
 * A hundred deployments at once in one workspace, ten in each of ten channels, all asked for within ten seconds. Each
 * lives through what a real one does, at its pace.
 */
const deploymentsAtOnce = 100;
const channelsUsed = 10;
const askedWithinMs = 10_000;

/** The latest that a milestone may be told, in milliseconds after it has happened. */
const latestMs = 30_000;

const log = silentLogger();
const happenings = succeeded.slice(1);

it('tells a hundred deployments at once: nothing refused by Slack, every card right, no milestone late', async () => {
  const url = await freshRedisUrl();
  const names = Array.from({ length: channelsUsed }, (_, index) => `team-${index}`);
  const workspace = await startWorkspace({ log, channels: names });
  const channels = names.map((name) => workspace.channels.find((channel) => channel.name === name)?.id ?? '');
  const redis = new Redis(url);
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const producer = new Producer(url, log);
  const deployments = new Deployments(redis, ({ id }) => producer.notify(id));
  const slack = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
  const tools: NotifyTools = { deployments, threads: new Threads(redis), logs: new BuildLogs(redis), slack, log };
  const workers = ['one', 'two'].map(
    () =>
      new Worker('notify', (job, token = '') => notify(job, token, tools), {
        connection,
        prefix: queuePrefix,
        concurrency: 5,
      }),
  );
  /** When each text was first to be read, by the thread that it stands in. */
  const readAt = new Map<string, Read[]>();
  workspace.onMessage(({ kind, message }) => {
    if (kind !== 'posted') return;
    const thread = `${message.channel} ${message.thread_ts ?? message.ts}`;
    readAt.set(thread, [...(readAt.get(thread) ?? []), { text: message.text, at: Date.now() }]);
  });

  const ids = await Promise.all(
    Array.from({ length: deploymentsAtOnce }, async (_, index) => {
      await passed((index * askedWithinMs) / deploymentsAtOnce);
      return live(`cluster-${index}`, channels[index % channelsUsed] ?? '', deployments);
    }),
  );
  await expect.poll(() => deployments.unannounced(), { timeout: 300_000, interval: 500 }).toEqual([]);

  const lateness: number[] = [];
  for (const id of ids) {
    const place = await tools.threads.find(id);
    const card = workspace.messages(place?.channel ?? '').find(({ ts }) => ts === place?.cardTs);
    expect(withoutIds(card?.blocks)).toEqual(withoutIds(deploymentCard(await deployments.get(id)).blocks));
    lateness.push(...(await latenessOf(id, deployments, readAt.get(`${place?.channel} ${place?.cardTs}`) ?? [])));
  }
  lateness.sort((a, b) => a - b);
  const slowest = lateness.at(-1) ?? 0;
  const median = lateness[Math.floor(lateness.length / 2)] ?? 0;
  process.stdout.write(
    `${ids.length} deployments, ${lateness.length} milestones: told after ${seconds(median)} in the middle and ${seconds(slowest)} at the latest; ${workspace.rateLimited()} calls refused by Slack\n`,
  );
  await Promise.all(workers.map((worker) => worker.close()));
  await producer.close();
  connection.disconnect();
  redis.disconnect();
  await workspace.close();
  expect(workspace.rateLimited()).toBe(0);
  expect(slowest).toBeLessThan(latestMs);
}, 900_000);

/** Something that stood in a thread from then on. */
interface Read {
  readonly text: string;
  readonly at: number;
}

/** How many milliseconds after it had happened each milestone was to be read. */
async function latenessOf(id: string, deployments: Deployments, reads: readonly Read[]): Promise<number[]> {
  const deployment = await deployments.get(id);
  return (await deployments.events(id)).flatMap(({ event }) => {
    const line = threadMessage(event, deployment)?.text.split('\n')[0];
    if (line === undefined) return [];
    const read = reads.find(({ text }) => text.includes(line));
    expect(read, line).toBeDefined();
    return [(read?.at ?? Number.POSITIVE_INFINITY) - event.at];
  });
}

/** Everything that happens to one deployment, each when it does. */
async function live(name: string, channel: string, deployments: Deployments): Promise<string> {
  const begun = Date.now();
  const spec = { ...stagingSpec, name, channel };
  const request = { action: 'up', spec, requestedBy: 'U0DEVELOPER', channel, terms: oneApproval } as const;
  const outcome = await deployments.request(request);
  if (outcome.kind !== 'accepted') throw new Error(`${name} is busy`);
  const { id } = outcome.deployment;
  for (const [second, bodies] of bySecond(happenings)) {
    await passed(begun + second * 1_000 - Date.now());
    await deployments.change(id, () => bodies);
  }
  return id;
}

function bySecond(all: readonly Happening[]): [number, DeploymentEventBody[]][] {
  const seconds = new Map<number, DeploymentEventBody[]>();
  let latest = 0;
  for (const [second, body] of all) {
    latest = Math.max(latest, second);
    seconds.set(latest, [...(seconds.get(latest) ?? []), body]);
  }
  return [...seconds];
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Slack gives every block an id of its own. */
function withoutIds(blocks: readonly object[] | undefined): object[] {
  return (blocks ?? []).map((block) => ({ ...block, block_id: '' }));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
