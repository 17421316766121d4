import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NotifyTools, notify } from '../../jobs/notify.ts';
import { approve, fail, recordPlan, startStep } from '../../src/clusters/decisions.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { silentLogger } from '../../src/log.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { queuePrefix } from '../../src/queue/jobs.ts';
import { Producer } from '../../src/queue/producer.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Threads } from '../../src/store/threads.ts';
import { oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

const channel = 'C0DEPLOYS';
const plan = { lines: [{ label: 'Image', text: 'debian-12' }], warnings: [] };

describe('telling Slack', () => {
  const log = silentLogger();
  let redis: Redis;
  let connection: Redis;
  let producer: Producer;
  let workspace: Workspace;
  let deployments: Deployments;
  let threads: Threads;
  let workers: Worker[];

  beforeEach(async () => {
    const url = await freshRedisUrl();
    redis = new Redis(url);
    connection = new Redis(url, { maxRetriesPerRequest: null });
    producer = new Producer(url, log);
    deployments = new Deployments(redis, ({ id }) => producer.notify(id));
    threads = new Threads(redis);
    workspace = await startWorkspace({ log });
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    await producer.close();
    connection.disconnect();
    redis.disconnect();
    await workspace.close();
  });

  function serve(): Worker {
    const slack = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
    const tools: NotifyTools = { deployments, threads, logs: new BuildLogs(redis), slack, log };
    const worker = new Worker('notify', (job, token = '') => notify(job, token, tools), {
      connection,
      prefix: queuePrefix,
      concurrency: 5,
      lockDuration: 1_000,
      stalledInterval: 500,
    });
    workers.push(worker);
    return worker;
  }

  async function request(name = 'staging'): Promise<Deployment> {
    const spec = { ...stagingSpec, name };
    const outcome = await deployments.request({
      action: 'up',
      spec,
      requestedBy: 'U0DEVELOPER',
      channel,
      terms: oneApproval,
    });
    if (outcome.kind !== 'accepted') throw new Error('busy');
    return outcome.deployment;
  }

  const cards = () => workspace.messages(channel).filter((message) => message.thread_ts === undefined);
  const replies = () => workspace.messages(channel).filter((message) => message.thread_ts !== undefined);

  /** All that was told, as somebody reads it. */
  const thread = () =>
    replies()
      .map(({ text }) => text)
      .join('\n');

  async function told(id: string): Promise<void> {
    await expect.poll(() => deployments.unannounced(), { timeout: 20_000 }).not.toContain(id);
  }

  it('posts one card and tells its thread every milestone once, in order', async () => {
    serve();
    const { id } = await request();
    await deployments.change(id, recordPlan(plan, Date.now()));
    await deployments.change(id, approve('U0PLATFORM'));
    await told(id);

    expect(cards()).toHaveLength(1);
    expect(replies().every(({ thread_ts }) => thread_ts === cards()[0]?.ts)).toBe(true);
    expect(thread().match(/asked to|\*Plan\*|Approved by/g)).toEqual(['asked to', '*Plan*', 'Approved by']);
  });

  it('updates a card at most once in three seconds, and shows the last state in the end', async () => {
    serve();
    const { id } = await request();
    await deployments.change(id, recordPlan(plan, Date.now()));
    await deployments.change(id, approve('U0PLATFORM'));
    await deployments.change(id, startStep('keypair'));
    for (let done = 1; done <= 20; done += 1) {
      await deployments.change(id, () => [
        { type: 'step-progress', step: 'keypair', attempt: 1, progress: { text: `part ${done}`, done, total: 20 } },
      ]);
    }
    await told(id);

    const [card] = cards();

    expect(JSON.stringify(card?.blocks)).toContain('part 20');
    expect(card?.edits).toBeLessThanOrEqual(2);
  });

  it('goes on where it stopped after Slack was away, with nothing lost, doubled or out of order', async () => {
    serve();
    const { id } = await request();
    await told(id);
    workspace.outage(true);
    await deployments.change(id, recordPlan(plan, Date.now()));
    await deployments.change(id, approve('U0PLATFORM'));
    await expect.poll(async () => (await producer.queue('notify').getDelayed()).length).toBe(1);
    workspace.outage(false);
    await told(id);

    expect(thread().match(/asked to|\*Plan\*|Approved by/g)).toEqual(['asked to', '*Plan*', 'Approved by']);
  });

  it('goes on where it stopped when its worker was broken off', async () => {
    const first = serve();
    const { id } = await request();
    await told(id);
    await deployments.change(id, recordPlan(plan, Date.now()));
    await first.close(true);
    workers = [];
    await deployments.change(id, approve('U0PLATFORM'));
    serve();
    await told(id);

    expect(thread().match(/Approved by/g)).toHaveLength(1);
    expect(cards()).toHaveLength(1);
  });

  it('posts the card again when somebody has deleted it, and goes on below', async () => {
    serve();
    const { id } = await request();
    await told(id);
    const slack = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
    await slack.chat.delete({ channel, ts: cards()[0]?.ts ?? '' });
    await deployments.change(id, fail({ message: 'The cloud is closed', code: 'closed' }));
    await told(id);

    expect(cards()).toHaveLength(1);
    expect(replies().at(-1)).toMatchObject({ thread_ts: cards()[0]?.ts });
    expect(replies().at(-1)?.text).toContain('The cloud is closed');
  });

  it('tells the threads of many clusters side by side', async () => {
    serve();
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => (await request(name)).id));
    await Promise.all(ids.map((id) => deployments.change(id, recordPlan(plan, Date.now()))));
    await Promise.all(ids.map(told));

    expect(cards()).toHaveLength(4);
    for (const card of cards()) {
      expect(replies().filter(({ thread_ts, text }) => thread_ts === card.ts && text.includes('*Plan*'))).toHaveLength(
        1,
      );
    }
  });

  it('tells a busy channel no faster than Slack takes it: what has come meanwhile goes into one message', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const ids = await Promise.all(names.map(async (name) => (await request(name)).id));
    for (const id of ids) {
      await deployments.change(id, recordPlan(plan, Date.now()));
      await deployments.change(id, approve('U0PLATFORM'));
    }
    serve();
    await Promise.all(ids.map(told));

    expect(workspace.rateLimited()).toBe(0);
    expect(cards()).toHaveLength(8);
    for (const card of cards()) {
      const own = replies().filter(({ thread_ts }) => thread_ts === card.ts);
      const text = own.map((message) => message.text).join('\n');
      expect(text.match(/asked to|\*Plan\*|Approved by/g)).toEqual(['asked to', '*Plan*', 'Approved by']);
    }
    expect(replies().length).toBeLessThan(8 * 3);
  });

  it('shows the end of the log below the reason of a build that failed', async () => {
    const { id } = await request();
    await deployments.change(id, recordPlan(plan, Date.now()));
    await deployments.change(id, approve('U0PLATFORM'));
    await deployments.change(id, startStep('build'));
    await new BuildLogs(redis).append(id, ['compiling', 'undefined: klogg']);
    await deployments.change(id, fail({ message: 'make stopped', code: 'build_failed' }, 'build'));
    serve();
    await told(id);

    const [reason, snippet] = replies().slice(-2);
    expect(reason?.text).toContain('make stopped');
    expect(snippet).toMatchObject({ text: 'The end of the build’s log', files: [{ name: `${id}.log` }] });
  });

  it('leaves buttons with the message that they belong to', async () => {
    const { id } = await request();
    await deployments.change(id, recordPlan(plan, Date.now()));
    await deployments.change(id, approve('U0PLATFORM'));
    await deployments.change(id, startStep('keypair'));
    await deployments.change(id, fail({ message: 'The cloud is closed', code: 'closed' }, 'keypair'));
    serve();
    await told(id);

    const last = replies().at(-1);
    expect(last?.text).toContain('The cloud is closed');
    expect(JSON.stringify(last?.blocks)).toContain('"retry"');
    expect(last?.text).not.toContain('Approved by');
  });
});
