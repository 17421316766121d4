import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../jobs/failures.ts';
import { reconcile } from '../../jobs/reconcile.ts';
import type { Run } from '../../jobs/run.ts';
import { upgrade } from '../../jobs/upgrade.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { bootLogObject, clusterContainer, clusterObjects, outcomeObject } from '../../src/clusters/names.ts';
import { parseStackLabel } from '../../src/clusters/stack.ts';
import { cordonNode, listNodes } from '../../src/kubernetes/api/nodes.ts';
import { silentLogger } from '../../src/log.ts';
import { findStack, updateStack } from '../../src/openstack/heat/stacks.ts';
import { listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { openRunningCluster, type RunningCluster } from './running-cluster.ts';
import { RecordingStep } from './stack-stage.ts';

const { signal } = new AbortController();
const servers = ['staging-control-plane-0', 'staging-node-0', 'staging-node-1'];

describe('upgrading a cluster', () => {
  let cluster: RunningCluster;

  beforeEach(async () => {
    cluster = await openRunningCluster({ nodes: { count: 2, max: 5, flavor: 'm1.small', floatingIps: false } });
  }, 60_000);
  afterEach(() => cluster.close());

  const nodes = () =>
    cluster.atApi(async (api) =>
      (await listNodes(api))
        .map(({ name, version, ready, cordoned }) => ({ name, version, ready, cordoned }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    );
  const stack = async () => {
    const found = await findStack(cluster.cloud.direct.heat, 'slipway-staging');
    if (found === undefined) throw new Error('no stack');
    return found;
  };

  it('goes through control planes and nodes one by one, and gives nodes that are added later the new version', async () => {
    const before = await cluster.servers();

    const done = await cluster.change('upgrade', cluster.upgraded('v1.35.1'));
    const after = await cluster.servers();
    const label = parseStackLabel((await stack()).parameters);
    const grown = await cluster.change('scale', cluster.scaled(3));

    expect(done.failure).toBeUndefined();
    expect(done).toMatchObject({
      state: 'succeeded',
      steps: { upgrade: { result: { version: 'v1.35.1', servers } }, build: { result: { version: 'v1.35.1' } } },
    });
    expect(done.plan?.lines).toEqual(
      expect.arrayContaining([
        { label: 'Version', text: 'v1.34.2 → v1.35.1' },
        {
          label: 'Order',
          text: 'staging-control-plane-0 in place, then staging-node-0, then staging-node-1; each Ready with the new version before the next',
        },
      ]),
    );
    const events = await cluster.tools.deployments.events(done.id);
    const told = events.flatMap(({ event }) => (event.type === 'node-event' ? `${event.node} ${event.what}` : []));
    expect(told).toEqual(servers.map((name) => `${name} upgraded`));
    expect(after).toEqual(before);
    expect(label).toMatchObject({
      deployment: cluster.up.id,
      version: 'v1.35.1',
      release: done.steps.publish?.result?.release,
    });
    expect(grown.state).toBe('succeeded');
    expect(await nodes()).toEqual(
      [...servers, 'staging-node-2'].map((name) => ({ name, version: 'v1.35.1', ready: true, cordoned: undefined })),
    );
    expect(await cluster.record()).toMatchObject({ state: 'up', version: 'v1.35.1', deployment: cluster.up.id });
    const instructions = await listObjects(cluster.cloud.direct.swift, clusterContainer('staging'), {
      prefix: clusterObjects(cluster.up.id).instructions,
    });
    expect(instructions).toEqual([]);

    await cluster.redis.flushdb();
    await reconcile(cluster.tools, signal);
    expect(await cluster.record()).toMatchObject({
      version: 'v1.35.1',
      nodes: [...servers.slice(1), 'staging-node-2'],
    });
  }, 180_000);

  it.each([
    ['v1.34.2', 'The cluster has v1.34.2 already'],
    ['v1.33.9', 'v1.33.9 is older than v1.34.2'],
    ['v1.36.0', '2 minor versions ahead'],
  ])(
    'is refused in the plan for %s: %s',
    async (version, text) => {
      const refused = await cluster.plan('upgrade', cluster.upgraded(version));

      expect(refused).toMatchObject({ state: 'failed', round: 0, failure: { message: expect.stringContaining(text) } });
    },
    60_000,
  );

  it('is refused for a cluster whose servers look for no instructions', async () => {
    const { parameters, ...ref } = await stack();
    const { upgrades: _, ...label } = parseStackLabel(parameters) ?? {};
    await updateStack(cluster.cloud.direct.heat, ref, { parameters: { slipway: label } });
    await expect.poll(async () => (await stack()).status, { timeout: 10_000 }).toBe('UPDATE_COMPLETE');

    const refused = await cluster.plan('upgrade', cluster.upgraded('v1.35.1'));

    expect(refused.failure?.message).toContain('its servers do not look for instructions to upgrade');
  }, 60_000);

  describe('when it is tried again', () => {
    /** Looks until the servers that have the version already are done with, and answers the step. */
    async function tryAgain(leftover: object, looks: number): Promise<RecordingStep> {
      const planned = published(await cluster.plan('upgrade', cluster.upgraded('v1.35.1')), 'v1.34.2');
      const before = { state: 'running', attempt: 1, leftover: JSON.stringify(leftover) } as const;
      const deployment = { ...planned, steps: { ...planned.steps, upgrade: before } };
      const step = new RecordingStep();
      const { tools } = cluster;
      for (let look = 0; look < looks; look += 1) {
        await upgrade({
          ...{ deployment, step, tools, openstack: cluster.cloud.direct, signal, log: silentLogger() },
        });
      }
      return step;
    }
    const at = (phase: string) => ({ name: 'staging-node-0', phase, since: 0, cordoned: true });

    it('leaves servers alone that have the version, and lets pods come again to the one that was being drained', async () => {
      await cluster.atApi((api) => cordonNode(api, 'staging-node-0'));

      const step = await tryAgain({ done: servers.slice(0, 1), current: at('draining') }, 3);

      expect(JSON.parse(step.marker ?? '')).toEqual({ done: servers });
      expect(step.events).toEqual([]);
      expect((await nodes()).map(({ cordoned }) => cordoned)).toEqual([undefined, undefined, undefined]);
    }, 60_000);

    it('tells the one again that had failed, though it may look as if it were done', async () => {
      const step = await tryAgain({ done: servers.slice(0, 1), current: at('upgrading') }, 2);

      expect(JSON.parse(step.marker ?? '')).toMatchObject({
        done: servers.slice(0, 1),
        current: { name: 'staging-node-0', phase: 'draining', cordoned: true },
      });
    }, 60_000);

    it('lets no pods come to a node that somebody else keeps them from', async () => {
      await cluster.atApi((api) => cordonNode(api, 'staging-node-1'));

      await tryAgain({ done: [] }, 3);

      expect((await nodes()).map(({ cordoned }) => cordoned)).toEqual([undefined, undefined, true]);
    }, 60_000);
  });

  describe('when a server does not come through', () => {
    let planned: Deployment;
    let step: RecordingStep;

    beforeEach(async () => {
      planned = await cluster.plan('upgrade', cluster.upgraded('v1.35.1'));
      step = new RecordingStep();
    });

    /** The step as it stands when a server has been told since then what to do; its own look for that has no effect. */
    function lookAt(name: string, since: number): Promise<unknown> {
      const current = { name, phase: 'upgrading', since, cordoned: true };
      step.marker = JSON.stringify({ done: servers.slice(0, servers.indexOf(name)), current });
      const { tools } = cluster;
      const run: Run = {
        ...{
          deployment: published(planned),
          step,
          tools,
          openstack: cluster.cloud.direct,
          signal,
          log: silentLogger(),
        },
      };
      return upgrade(run).catch((error: unknown) => failureOf(error, 'job-1'));
    }

    async function put(object: string, text: string): Promise<void> {
      const content = () => Readable.from([Buffer.from(text)]);
      const container = clusterContainer('staging');
      await putObject(cluster.cloud.direct.swift, { container, object, content, size: Buffer.byteLength(text) });
    }

    it('says which one, why, and what it said last', async () => {
      const reason = 'state kubeadm-upgrade: the etcd pod did not come back';
      await put(bootLogObject(cluster.up.id, 'staging-node-0'), 'pulling images\nerror: etcd is not healthy\n');
      await put(
        outcomeObject(cluster.up.id, 'staging-node-0'),
        JSON.stringify({ id: `${planned.id}-1`, state: 'failed', reason }),
      );

      expect(await lookAt('staging-node-0', Date.now())).toMatchObject({
        code: 'upgrade_failed',
        message: `staging-node-0 could not be upgraded: ${reason}`,
        lines: ['pulling images', 'error: etcd is not healthy'],
      });
    }, 60_000);

    it('takes no outcome of another try for its own, and gives up after ten minutes without one', async () => {
      await put(
        outcomeObject(cluster.up.id, 'staging-node-0'),
        JSON.stringify({ id: `${planned.id}-0`, state: 'done', reason: '' }),
      );

      expect(await lookAt('staging-node-0', Date.now())).toEqual({ again: true, afterSeconds: 5 });
      expect(step.told.at(-1)).toEqual({ text: 'node 1 of 2: waiting until it begins', done: 1, total: 3 });
      expect(await lookAt('staging-node-0', Date.now() - 11 * 60_000)).toMatchObject({
        message: 'staging-node-0 has not begun to upgrade itself within 10 minutes',
        hint: expect.stringContaining('The servers before it have the new version, the others run as before; one'),
      });
    }, 60_000);

    it('gives up after forty minutes with one that has begun', async () => {
      await put(
        outcomeObject(cluster.up.id, 'staging-node-0'),
        JSON.stringify({ id: `${planned.id}-1`, state: 'running', reason: '' }),
      );

      expect(await lookAt('staging-node-0', Date.now() - 39 * 60_000)).toEqual({ again: true, afterSeconds: 5 });
      expect(await lookAt('staging-node-0', Date.now() - 41 * 60_000)).toMatchObject({
        message: 'staging-node-0 has been upgrading itself for 40 minutes without an end',
      });
    }, 60_000);
  });
});

/** As after `publish`, which has found everything in Swift. */
function published(deployment: Deployment, version = 'v1.35.1'): Deployment {
  const object = { kind: 'kubernetes', name: 'a.tar.gz', object: 'a', size: 1, sha256: '0'.repeat(64) } as const;
  const build = { version, artifact: 'a', made: false, object };
  const publish = { container: 'slipway-releases', release: 'v1.35.1-0123456789ab', objects: [object], sent: 0 };
  return {
    ...deployment,
    steps: {
      ...deployment.steps,
      build: { state: 'done', attempt: 1, result: build },
      publish: { state: 'done', attempt: 1, result: publish },
    },
  };
}
