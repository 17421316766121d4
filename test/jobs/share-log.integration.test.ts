import type { Redis } from 'ioredis';
import { Redis as RedisClient } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shareLog } from '../../jobs/share-log.ts';
import { silentLogger } from '../../src/log.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Threads } from '../../src/store/threads.ts';
import { requestStaging } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

const channel = 'C0DEPLOYS';
const developer = 'U0DEVELOPER';
const log = silentLogger();

describe('sharing the end of a build’s log', () => {
  let redis: Redis;
  let workspace: Workspace;
  let logs: BuildLogs;
  let threads: Threads;
  let deployments: Deployments;
  let id: string;

  beforeEach(async () => {
    redis = new RedisClient(await freshRedisUrl());
    logs = new BuildLogs(redis);
    threads = new Threads(redis);
    deployments = new Deployments(redis, () => Promise.resolve());
    workspace = await startWorkspace({ log });
    ({ id } = await requestStaging(deployments));
  });
  afterEach(async () => {
    redis.disconnect();
    await workspace.close();
  });

  const client = () => createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
  const share = (slack = client()) =>
    shareLog({ deployment: id, requestedBy: developer }, { deployments, threads, slack, logs, log });

  async function postCard(): Promise<string> {
    const { ts = '' } = await client().chat.postMessage({ channel, text: 'The card' });
    await threads.save(id, { channel, cardTs: ts, cardDigest: '', cardAt: 0, position: '' });
    return ts;
  }

  const shared = () => workspace.messages(channel).filter(({ files }) => files !== undefined);

  it('posts the last 200 lines as a snippet into the deployment’s thread', async () => {
    const ts = await postCard();
    await logs.append(
      id,
      Array.from({ length: 300 }, (_, index) => `line ${index}`),
    );

    const outcome = await share();

    expect(outcome).toEqual({ kind: 'shared', lines: 200 });
    const [message, ...others] = shared();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ thread_ts: ts, text: '<@U0DEVELOPER> asked for the end of the build’s log' });
    expect(message?.files).toMatchObject([
      { title: 'build of staging, last 200 lines', name: `${id}.log`, mimetype: 'text/plain' },
    ]);
    const content = await (await fetch(`${workspace.url}${message?.files?.[0]?.path}`)).text();
    expect(content.split('\n').slice(0, 2)).toEqual(['line 100', 'line 101']);
    expect(content).toMatch(/\nline 299\n$/);
  });

  it('stays below the megabyte that a snippet may have, however long the lines are', async () => {
    await postCard();
    await logs.append(
      id,
      Array.from({ length: 200 }, () => '\u{1f680}'.repeat(2_000)),
    );

    expect(await share()).toMatchObject({ kind: 'shared' });
    expect(shared()[0]?.files?.[0]?.size).toBeLessThan(1024 * 1024);
  });

  it('posts to the channel when the card is not there, or not any more', async () => {
    await logs.append(id, ['only line']);

    const before = await share();
    await threads.save(id, { channel, cardTs: '1.000001', cardDigest: '', cardAt: 0, position: '' });
    const after = await share();

    expect([before.kind, after.kind]).toEqual(['shared', 'shared']);
    expect(shared().map(({ thread_ts }) => thread_ts)).toEqual([undefined, undefined]);
    expect(shared()[0]?.files?.[0]?.title).toBe('build of staging, last line');
  });

  it('has nothing to post without a log', async () => {
    await postCard();

    expect(await share()).toEqual({ kind: 'nothing' });
    expect(shared()).toEqual([]);
  });

  it('says which scope is missing', async () => {
    await workspace.close();
    workspace = await startWorkspace({ log, botScopes: ['commands', 'chat:write'] });
    await logs.append(id, ['a line']);

    expect(await share()).toEqual({
      kind: 'refused',
      message: 'Slack refused (missing_scope)',
      hint: 'Give the app the bot scope files:write (OAuth & Permissions) and install it again',
    });
  });

  it('says where to invite the bot', async () => {
    await threads.save(id, { channel: 'C0RANDOM', cardTs: '1.000001', cardDigest: '', cardAt: 0, position: '' });
    await logs.append(id, ['a line']);

    expect(await share()).toEqual({
      kind: 'refused',
      message: 'Slack refused (not_in_channel)',
      hint: 'Invite Slipway to that channel: type /invite @Slipway there',
    });
  });

  it('says that Slack does not answer', async () => {
    await postCard();
    await logs.append(id, ['a line']);
    workspace.outage(true);

    expect(await share()).toMatchObject({ kind: 'refused', message: 'Slack did not take the file, or did not answer' });
  });
});
