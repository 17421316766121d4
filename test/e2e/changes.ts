import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { newestDeployment } from '../support/newest-deployment.ts';
import { openTestStage } from '../support/stage.ts';

const channel = 'C0DEPLOYS';

/** Where the cluster is: the cloud's entry of clouds.yaml, and what the demo is told to work there. */
export interface Where {
  readonly cloud: string;
  readonly args: readonly string[];
  /** Milliseconds that all of it may take. */
  readonly withinMs: number;
}

/** A cluster that comes up, grows, shrinks, is upgraded and goes, from slash commands to servers. */
export function changedCluster({ cloud, args, withinMs }: Where): void {
  let stage: Stage | undefined;
  let redis: Redis | undefined;

  afterEach(async () => {
    redis?.disconnect();
    await stage?.close();
  });

  it(
    'has as many nodes and the version that somebody approved, with the servers that it had before',
    async () => {
      stage = await openTestStage(args);
      const { workspace, redisUrl, env } = stage.world;
      redis = new Redis(redisUrl);
      const deployments = new Deployments(redis, async () => undefined);
      const openstack = connect(readCloud(cloud, env), { log: silentLogger() });
      const servers = async () =>
        Object.fromEntries(
          (await listServers(openstack.nova))
            .filter(({ name }) => name.startsWith('staging-'))
            .map(({ name, id }) => [name, id] as const),
        );

      /** Types a command, has somebody else approve the card that asks for it, and waits for the end. */
      async function done(command: string, action: string) {
        await workspace.command('U0DEVELOPER', channel, command);
        const waiting = () =>
          workspace.messages(channel).find(({ blocks }) => JSON.stringify(blocks ?? []).includes('"approve"'));
        await expect.poll(waiting, { timeout: 60_000 }).toBeDefined();
        await workspace.click('U0PLATFORM', { channel, ts: waiting()?.ts ?? '', actionId: 'approve' });
        return newestDeployment(
          deployments,
          (newest) => newest.action === action && ['succeeded', 'failed'].includes(newest.state),
        );
      }
      await done('/k8s up staging', 'up');
      const before = await servers();

      const grown = await done('/k8s scale staging 3', 'scale');
      const after = await servers();
      const shrunk = await done('/k8s scale staging 2', 'scale');
      const upgraded = await done('/k8s upgrade staging v1.35.1', 'upgrade');
      await expect.poll(() => deployments.unannounced(), { timeout: 30_000 }).toEqual([]);

      expect(grown).toMatchObject({ state: 'succeeded' });
      expect(after).toEqual({ ...before, 'staging-node-1': expect.any(String), 'staging-node-2': expect.any(String) });
      expect(shrunk).toMatchObject({ state: 'succeeded', plan: { leaving: ['staging-node-2'] } });
      expect(upgraded).toMatchObject({ state: 'succeeded', steps: { upgrade: { result: { version: 'v1.35.1' } } } });
      const { 'staging-node-2': _, ...left } = after;
      expect(await servers()).toEqual(left);
      expect(await new Clusters(redis).find('staging')).toMatchObject({
        state: 'up',
        version: 'v1.35.1',
        nodes: ['staging-node-0', 'staging-node-1'],
      });
      const told = workspace.messages(channel).map(({ text }) => text);
      expect(told.join('\n')).toContain('staging-node-2 is drained');
      expect(told.join('\n')).toContain('*staging has 2 nodes*');
      expect(told.join('\n')).toContain('staging-node-1 upgraded to v1.35.1 and Ready');

      const card = () =>
        workspace.messages(channel).find(({ blocks }) => JSON.stringify(blocks ?? []).includes('"tear-down"'));
      await workspace.click('U0DEVELOPER', { channel, ts: card()?.ts ?? '', actionId: 'tear-down' });
      const gone = await newestDeployment(
        deployments,
        ({ action, state }) => action === 'down' && state === 'succeeded',
      );
      expect(gone.state).toBe('succeeded');
      expect(await servers()).toEqual({});
      await openstack.close();
    },
    withinMs,
  );
}
