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
import { openWorkspacePage, type WorkspacePage } from '../support/workspace-page.ts';

const channel = 'C0DEPLOYS';

describe('a cluster whose stack fails, in a browser', () => {
  let stage: Stage | undefined;
  let redis: Redis | undefined;
  let slack: WorkspacePage | undefined;

  afterEach(async () => {
    redis?.disconnect();
    await slack?.close();
    await stage?.close();
  });

  it('comes up by a click on Retry, on the same card, with one stack and nothing built twice', async () => {
    stage = await openTestStage(['--fail', 'stack']);
    const { workspace, redisUrl, env } = stage.world;
    redis = new Redis(redisUrl);
    const deployments = new Deployments(redis, async () => undefined);
    const messages = () => workspace.messages(channel);
    slack = await openWorkspacePage(stage);

    await slack.type('U0DEVELOPER', '/k8s up staging');
    await slack.click('U0PLATFORM', 'approve');
    const failed = await newestDeployment(deployments, ({ state }) => state === 'failed');
    await slack.openThread('staging · bringing up failed');
    const retry = slack.page.getByTestId('thread').locator('[data-action-id="retry"]').last();
    await retry.waitFor({ timeout: 30_000 });
    await slack.picture('failure');
    await slack.page.getByTestId('speaker').selectOption('U0DEVELOPER');
    await retry.click();
    const ended = await newestDeployment(
      deployments,
      ({ state, round }) => round === 2 && state !== 'running' && state !== 'queued',
    );
    await expect.poll(() => deployments.unannounced(), { timeout: 30_000 }).toEqual([]);

    await slack.says('staging is up');
    await slack.picture('retried');

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
