import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drain } from '../../jobs/drain.ts';
import { failureOf } from '../../jobs/failures.ts';
import { reconcile } from '../../jobs/reconcile.ts';
import { resize } from '../../jobs/resize.ts';
import type { Run } from '../../jobs/run.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { cordonNode, listNodes } from '../../src/kubernetes/api/nodes.ts';
import { listPodsOn } from '../../src/kubernetes/api/pods.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import { connect } from '../../src/openstack/openstack.ts';
import { openRunningCluster, type RunningCluster } from './running-cluster.ts';
import { RecordingStep } from './stack-stage.ts';

const { signal } = new AbortController();

describe('scaling a cluster', () => {
  let cluster: RunningCluster;

  beforeEach(async () => {
    cluster = await openRunningCluster({ nodes: { count: 2, max: 5, flavor: 'm1.small', floatingIps: false } });
  }, 60_000);
  afterEach(() => cluster.close());

  const nodeNames = () => cluster.atApi(async (api) => (await listNodes(api)).map(({ name }) => name).sort());

  function runOf(deployment: Deployment, step: RecordingStep): Run {
    const { tools } = cluster;
    return { deployment, step, tools, openstack: tools.openstack(deployment.spec), signal, log: silentLogger() };
  }

  it('adds nodes, and takes away the newest, empty, without touching any other server', async () => {
    const before = await cluster.servers();

    const grown = await cluster.change('scale', cluster.scaled(3));
    const afterGrowth = await cluster.servers();
    const shrunk = await cluster.change('scale', cluster.scaled(1));

    expect(grown).toMatchObject({
      state: 'succeeded',
      steps: {
        drain: { result: { nodes: [], evicted: 0 } },
        resize: { result: { added: ['staging-node-2'], removed: [] } },
        verify: { result: { health: { nodes: expect.arrayContaining([expect.objectContaining({ ready: true })]) } } },
      },
    });
    expect(grown.plan).toMatchObject({
      lines: [
        { label: 'Nodes', text: '2 → 3 × m1.small' },
        { label: 'Quota', text: expect.stringContaining('servers 3→4 of') },
      ],
    });
    expect(shrunk).toMatchObject({
      state: 'succeeded',
      plan: { leaving: ['staging-node-2', 'staging-node-1'] },
      steps: { resize: { result: { nodes: ['staging-node-0'], removed: ['staging-node-1', 'staging-node-2'] } } },
    });
    expect(afterGrowth).toEqual({ ...before, 'staging-node-2': expect.any(String) });
    const { 'staging-node-1': _, ...left } = before;
    expect(await cluster.servers()).toEqual(left);
    expect(await nodeNames()).toEqual(['staging-control-plane-0', 'staging-node-0']);
    expect(await cluster.record()).toMatchObject({
      state: 'up',
      deployment: cluster.up.id,
      nodes: ['staging-node-0'],
      since: cluster.up.finishedAt,
    });
  }, 120_000);

  it('never gives the number of a node that went to another one', async () => {
    await cluster.change('scale', cluster.scaled(1));

    const { steps } = await cluster.change('scale', cluster.scaled(2));

    expect(steps.resize?.result).toMatchObject({ nodes: ['staging-node-0', 'staging-node-2'] });
  }, 120_000);

  it('takes what is asked for while Redis forgets everything, since Heat does not', async () => {
    await cluster.change('scale', cluster.scaled(3));
    await cluster.redis.flushdb();

    await reconcile(cluster.tools, signal);

    expect(await cluster.record()).toMatchObject({
      state: 'up',
      deployment: cluster.up.id,
      nodes: ['staging-node-0', 'staging-node-1', 'staging-node-2'],
    });
  }, 120_000);

  it.each([
    [2, /staging has 2 nodes already/],
    [150, /The project’s quota is too small for servers: 148 needed/],
  ])('is refused in the plan for %i nodes: %s', async (count, text) => {
    const refused = await cluster.plan('scale', cluster.scaled(count));

    expect(refused).toMatchObject({ state: 'failed', round: 0 });
    expect(JSON.stringify(refused.failure)).toMatch(text);
    expect(await cluster.record()).not.toHaveProperty('unfinished');
  });

  it('moves pods away from the node that goes, and no new one comes there', async () => {
    const planned = await cluster.plan('scale', cluster.scaled(1));
    const step = new RecordingStep();
    await cluster.atApi((api) => cordonNode(api, 'staging-node-1'));

    const looks = [await drain(runOf(planned, step)), await drain(runOf(planned, step))];

    const last = looks.at(-1);
    const pods = await cluster.atApi((api) => listPodsOn(api, 'staging-node-1'));
    expect(last).toEqual({ nodes: ['staging-node-1'], evicted: expect.any(Number) });
    expect(pods.map(({ whenDrained }) => whenDrained)).not.toContain('moves');
    expect(pods.length).toBeGreaterThan(0);
    expect(step.events.filter(({ type }) => type === 'node-event')).toEqual([
      expect.objectContaining({ node: 'staging-node-1', what: 'drained' }),
    ]);
  }, 120_000);

  describe('where a budget holds a pod', () => {
    let planned: Deployment;
    let step: RecordingStep;

    beforeEach(async () => {
      await cluster.atApi(async (api) => {
        const pod = { metadata: { name: 'web', labels: { app: 'web' } }, spec: { nodeName: 'staging-node-1' } };
        const budget = {
          metadata: { name: 'web' },
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        };
        const containers = [{ name: 'web', image: 'web' }];
        await api.ask({ doing: 'Making a pod' }, ({ core }) =>
          core.createNamespacedPod({ namespace: 'shop', body: { ...pod, spec: { ...pod.spec, containers } } }),
        );
        await api.ask({ doing: 'Making a budget' }, ({ policy }) =>
          policy.createNamespacedPodDisruptionBudget({ namespace: 'shop', body: budget }),
        );
      });
      planned = await cluster.plan('scale', cluster.scaled(1));
      step = new RecordingStep();
    });

    it('asks again later, and holds no worker', async () => {
      await drain(runOf(planned, step));

      expect(await drain(runOf(planned, step))).toEqual({ again: true, afterSeconds: 3 });
      expect(step.told.at(-1)?.text).toBe(
        'draining staging-node-1: 1 pod left, 1 of them held by a PodDisruptionBudget',
      );
      expect(planned.plan?.warnings).toEqual(['Nothing makes these pods anew: shop/web']);
    }, 60_000);

    it('fails in the end, names the pod, and Heat is asked for nothing', async () => {
      step.startedAt = Date.now() - 16 * 60_000;

      const error = await drain(runOf(planned, step)).catch((reason: unknown) => reason);

      expect(failureOf(error, 'job-1')).toMatchObject({
        code: 'drain_held',
        message: 'staging-node-1 could not be drained within 15 minutes: shop/web may not go, by a PodDisruptionBudget',
      });
      expect(await findStack(cluster.cloud.direct.heat, 'slipway-staging')).toMatchObject({
        status: 'CREATE_COMPLETE',
      });
    }, 60_000);
  });

  it('asks Heat once, whoever dies after that', async () => {
    const planned = await cluster.plan('scale', cluster.scaled(3));
    const step = new RecordingStep();
    const { proxy } = cluster.cloud;
    const patches = () =>
      proxy.calls.filter(({ method, service }) => method === 'PATCH' && service === 'orchestration').length;

    /** What the record has of the step is all that another worker knows of it. */
    async function lookAnew(): Promise<object> {
      const next = Object.assign(new RecordingStep(), { marker: step.marker });
      const outcome = await resize(runOf(planned, next));
      step.marker = next.marker;
      return outcome;
    }
    await expect.poll(lookAnew, { timeout: 20_000 }).toMatchObject({ added: ['staging-node-2'] });

    expect(patches()).toBe(1);
    expect(await resize(runOf(planned, new RecordingStep()))).toEqual({
      nodes: ['staging-node-0', 'staging-node-1', 'staging-node-2'],
      added: [],
      removed: [],
    });
    expect(patches()).toBe(1);
  }, 120_000);

  it('leaves a cluster up that could not grow, and tries again what failed', async () => {
    const planned = await cluster.plan('scale', cluster.scaled(3));
    const quota = (instances: number) => setServerQuota(cluster, instances);
    await quota(3);

    const failed = await cluster.run(planned);
    const known = await cluster.record();
    await reconcile(cluster.tools, signal);
    const reconciled = await cluster.record();
    await quota(10);
    const again = await cluster.retry(failed.id);

    expect(failed).toMatchObject({ state: 'failed', failedStep: 'resize', failure: { code: 'stack_failed' } });
    expect(failed.failure?.message).toMatch(/^Heat could not bring slipway-staging to 3 nodes: .*Quota exceeded/);
    expect(known).toMatchObject({ state: 'up', unfinished: 'scale', nodes: ['staging-node-0', 'staging-node-1'] });
    expect(reconciled).toMatchObject({ state: 'up', unfinished: 'scale', since: cluster.up.finishedAt });
    expect(again).toMatchObject({ state: 'succeeded', steps: { drain: { attempt: 1 } } });
    expect(await cluster.record()).toMatchObject({ state: 'up', nodes: again.steps.resize?.result?.nodes });
    expect(await cluster.record()).not.toHaveProperty('unfinished');
    expect(again.steps.resize?.result?.nodes).toHaveLength(3);
  }, 120_000);
});

/** Sets how many servers the project may have, as the cloud's operator. */
async function setServerQuota({ cloud }: RunningCluster, instances: number): Promise<void> {
  const operator = connect(readCloud('playground-admin', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), {
    log: silentLogger(),
  });
  await operator.nova.put(['os-quota-sets', await cloud.direct.projectId()], {
    ...{ doing: 'Setting a quota', ok: [200], body: { quota_set: { instances } } },
  });
  await operator.close();
}
