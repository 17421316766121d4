import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { Producer } from '../../src/queue/producer.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { newestDeployment } from '../support/newest-deployment.ts';
import { openTestStage } from '../support/stage.ts';

const channel = 'C0DEPLOYS';
const developer = 'U0DEVELOPER';

describe('a build that is cancelled', () => {
  let stage: Stage | undefined;
  let redis: Redis | undefined;
  let producer: Producer | undefined;

  afterEach(async () => {
    await producer?.close();
    redis?.disconnect();
    await stage?.close();
  });

  it('stops at once on its worker, shows its log, and leaves the way free for the next', async () => {
    stage = await openTestStage();
    const { workspace, redisUrl } = stage.world;
    redis = new Redis(redisUrl);
    producer = new Producer(redisUrl, silentLogger());
    const builds = producer.queue('build');
    const logs = new BuildLogs(redis);
    const deployments = new Deployments(redis, async () => undefined);
    const messages = () => workspace.messages(channel);
    const approveCard = () => messages().find(({ blocks }) => JSON.stringify(blocks ?? []).includes('"approve"'));

    async function upAndApprove(): Promise<void> {
      await workspace.command(developer, channel, '/k8s up staging');
      await newestDeployment(deployments, ({ state }) => state === 'awaiting-approval');
      await expect.poll(approveCard, { timeout: 10_000 }).toBeDefined();
      await workspace.click('U0PLATFORM', { channel, ts: approveCard()?.ts ?? '', actionId: 'approve' });
    }

    await upAndApprove();
    const { id } = await newestDeployment(deployments, ({ steps }) => steps.build?.state === 'running');
    await expect.poll(() => logs.tail(id, 1), { timeout: 30_000, interval: 50 }).toHaveLength(1);
    await workspace.command(developer, channel, '/k8s cancel staging');
    const cancelled = await newestDeployment(deployments, ({ state }) => state === 'cancelled');
    await expect.poll(() => builds.getActiveCount(), { timeout: 10_000, interval: 50 }).toBe(0);
    await expect.poll(() => deployments.unannounced(), { timeout: 15_000 }).toEqual([]);
    await workspace.command(developer, channel, '/k8s logs staging');
    const snippets = () => messages().filter(({ files }) => files !== undefined);
    await expect.poll(snippets, { timeout: 15_000 }).toHaveLength(1);
    await upAndApprove();
    const next = await newestDeployment(deployments, ({ state }) => state === 'succeeded' || state === 'failed');

    expect(cancelled).toMatchObject({ id, cancelledBy: developer, steps: { build: { state: 'running' } } });
    const card = messages().find(({ ts }) => ts === snippets()[0]?.thread_ts);
    expect(JSON.stringify(card?.blocks)).toContain(`– Cancelled by <@${developer}>`);
    const thread = messages().filter(({ thread_ts }) => thread_ts === card?.ts);
    expect(thread.map(({ text }) => text).join()).toContain('cancelled bringing up *staging*, during: Kubernetes');
    expect(snippets()[0]?.files?.[0]?.title).toMatch(/^build of staging, last /);
    expect(next).toMatchObject({ state: 'succeeded' });
    expect(next.id).not.toBe(id);
  }, 300_000);
});
