import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { newestDeployment } from '../support/newest-deployment.ts';
import { openTestStage } from '../support/stage.ts';

const channel = 'C0DEPLOYS';

describe('a cluster whose stack fails', () => {
  let stage: Stage | undefined;
  let redis: Redis | undefined;

  afterEach(async () => {
    redis?.disconnect();
    await stage?.close();
  });

  it('comes up by a click on Retry, on the same card, with one stack and nothing built twice', async () => {
    stage = await openTestStage(['--fail', 'stack']);
    const { workspace, redisUrl, env } = stage.world;
    redis = new Redis(redisUrl);
    const deployments = new Deployments(redis, async () => undefined);
    const messages = () => workspace.messages(channel);
    const cardWith = (action: string) =>
      messages().find(({ blocks }) => JSON.stringify(blocks ?? []).includes(`"${action}"`));
    const click = async (user: string, actionId: string) => {
      await expect.poll(() => cardWith(actionId), { timeout: 30_000 }).toBeDefined();
      await workspace.click(user, { channel, ts: cardWith(actionId)?.ts ?? '', actionId });
    };

    await workspace.command('U0DEVELOPER', channel, '/k8s up staging');
    await click('U0PLATFORM', 'approve');
    const failed = await newestDeployment(deployments, ({ state }) => state === 'failed');
    await click('U0DEVELOPER', 'retry');
    const ended = await newestDeployment(
      deployments,
      ({ state, round }) => round === 2 && state !== 'running' && state !== 'queued',
    );
    await expect.poll(() => deployments.unannounced(), { timeout: 30_000 }).toEqual([]);

    expect(failed).toMatchObject({ failedStep: 'stack', steps: { build: { state: 'done', attempt: 1 } } });
    expect(ended).toMatchObject({ id: failed.id, state: 'succeeded', steps: { build: { attempt: 1 } } });
    const openstack = connect(readCloud('playground', env), { log: silentLogger() });
    const stacks = await listStacks(openstack.heat);
    await openstack.close();
    expect(stacks.map(({ status }) => status)).toEqual(['CREATE_COMPLETE']);
    const cards = messages().filter(({ thread_ts, ephemeralFor, blocks }) => !thread_ts && !ephemeralFor && blocks);
    expect(cards).toHaveLength(1);
    const thread = messages().filter(({ thread_ts }) => thread_ts === cards[0]?.ts);
    const told = thread.map(({ text }) => text).join('\n');
    expect(told).toMatch(/failed at: Stack[\s\S]*<@U0DEVELOPER> tries again[\s\S]*staging is up/);
  }, 300_000);
});
