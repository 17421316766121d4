import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import type { StepProgress } from '../../src/clusters/deployment.ts';
import type { StepName } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { newestDeployment } from '../support/newest-deployment.ts';
import { openTestStage } from '../support/stage.ts';

const channel = 'C0DEPLOYS';

describe('a worker that is killed in the middle of up', () => {
  let stage: Stage | undefined;
  let redis: Redis | undefined;

  afterEach(async () => {
    redis?.disconnect();
    await stage?.close();
  });

  it.each<[step: StepName, underWay: (progress: StepProgress) => boolean]>([
    ['build', () => true],
    // Of a stack that was asked for and is not there it is waited for minutes whether it comes about.
    ['stack', ({ total }) => total !== undefined],
  ])(
    'leaves a deployment that another worker ends as if nothing had happened: during %s',
    async (step, underWay) => {
      stage = await openTestStage();
      const { workspace, redisUrl, env } = stage.world;
      redis = new Redis(redisUrl);
      const deployments = new Deployments(redis, async () => undefined);
      await workspace.command('U0DEVELOPER', channel, '/k8s up staging');
      await newestDeployment(deployments, ({ state }) => state === 'awaiting-approval');
      const planCard = () =>
        workspace.messages(channel).find((message) => JSON.stringify(message).includes('"approve"'));
      await expect.poll(planCard, { timeout: 10_000 }).toBeDefined();
      await workspace.click('U0PLATFORM', { channel, ts: planCard()?.ts ?? '', actionId: 'approve' });
      await newestDeployment(deployments, ({ steps }) => {
        const progress = steps[step]?.progress;
        return progress !== undefined && underWay(progress);
      });

      const { process: worker } = stage.worker;
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      await stage.start('worker');
      const ended = await newestDeployment(deployments, ({ state }) => state === 'succeeded' || state === 'failed');
      await expect.poll(() => deployments.unannounced(), { timeout: 15_000 }).toEqual([]);

      const openstack = connect(readCloud('playground', env), { log: silentLogger() });
      const stacks = await listStacks(openstack.heat);
      const servers = await listServers(openstack.nova);
      await openstack.close();
      const replies = workspace.messages(channel).filter(({ thread_ts }) => thread_ts !== undefined);
      const texts = replies.map(({ text }) => text);
      expect(ended.state).toBe('succeeded');
      expect(stacks).toHaveLength(1);
      expect(servers).toHaveLength(2);
      expect(texts.filter((text) => text.includes('staging is up'))).toHaveLength(1);
      expect(texts.length - new Set(texts).size).toBeLessThanOrEqual(1);
    },
    300_000,
  );
});
