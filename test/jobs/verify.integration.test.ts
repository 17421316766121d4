import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../jobs/failures.ts';
import { verify } from '../../jobs/verify.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { RunningApi } from '../playground/nodes/support.ts';
import { stagingSpec } from '../support/fixtures.ts';
import {
  type ClusterStage,
  controlPlaneName,
  openClusterStage,
  stackedStaging,
  wellReport,
  workerName,
} from './cluster-stage.ts';
import { RecordingStep } from './stack-stage.ts';

const minuteMs = 60_000;
const again = { again: true, afterSeconds: 3 };

describe('the check of a cluster', () => {
  let stage: ClusterStage;
  let api: RunningApi;
  let deployment: Deployment;
  let step: RecordingStep;

  beforeEach(async () => {
    stage = await openClusterStage();
    api = await stage.startApi();
    deployment = stackedStaging(serverOf(api));
    step = new RecordingStep();
  });
  afterEach(async () => {
    await stage.close();
  });

  function serverOf(running: RunningApi): string {
    return running.kubeconfig('nobody', []).server;
  }

  const look = (changed = deployment) => verify(stage.run(changed, step));
  const said = () => step.told.at(-1);

  /** How it fails when its time is over. */
  async function failure() {
    step.startedAt = Date.now() - 21 * minuteMs;
    const error = await look().then(
      () => new Error('it did not fail'),
      (reason: unknown) => reason,
    );
    return failureOf(error, 'job-1');
  }

  it('waits for admin.conf, for every server and for every pod, and says which of them is missing', async () => {
    const answers = [await look()];
    await stage.putAdminConf(deployment.id, api);
    answers.push(await look());
    stage.join(api);

    const result = await look();

    expect(answers).toEqual([again, again]);
    expect(step.told).toEqual([
      { text: 'the control plane has not handed over admin.conf' },
      { text: '1 of 2 nodes ready', done: 1, total: 2 },
    ]);
    expect(result).toMatchObject({
      apiUrl: serverOf(api),
      health: {
        seenBy: 'api',
        nodes: [
          { name: controlPlaneName, role: 'control-plane', ready: true },
          { name: workerName, role: 'node', ready: true, address: '10.0.0.6' },
        ],
      },
    });
  });

  it('leaves what kubectl would show, and nothing secret', async () => {
    const adminConf = await stage.putAdminConf(deployment.id, api);
    stage.join(api);

    const result = JSON.stringify(await look());

    expect(result).toMatch(/"name":"kube-apiserver-staging-control-plane","ready":"1\/1","status":"Running"/);
    expect(result).toContain('coredns-');
    for (const secret of adminConf.match(/[A-Za-z0-9+/=]{100,}/g) ?? []) expect(result).not.toContain(secret);
  });

  it('says nothing twice', async () => {
    await stage.putAdminConf(deployment.id, api);
    await look();

    const progress = { text: '1 of 2 nodes ready', done: 1, total: 2 };
    await look({ ...deployment, steps: { ...deployment.steps, verify: { state: 'running', attempt: 1, progress } } });

    expect(step.told).toHaveLength(1);
  });

  it('waits after an upgrade until every server has the new version, and names those that have not', async () => {
    await stage.putAdminConf(deployment.id, api);
    stage.join(api);
    const result = { version: 'v1.35.1', servers: [controlPlaneName, workerName] };
    const upgraded: Deployment = {
      ...deployment,
      steps: { ...deployment.steps, upgrade: { state: 'done', attempt: 1, result } },
    };
    const [first, second] = api.nodes;
    if (first === undefined || second === undefined) throw new Error('two servers have joined');
    api.nodes[0] = { ...first, version: 'v1.35.1' };

    const early = await look(upgraded);
    api.nodes[1] = { ...second, version: 'v1.35.1' };

    expect(early).toEqual(again);
    expect(said()).toEqual({ text: `${workerName} without the new version` });
    expect(await look(upgraded)).toMatchObject({ health: { seenBy: 'api' } });
  });

  it('believes no API that the cluster’s own authority has not signed, and no report instead of it', async () => {
    const other = await stage.startApi();
    await stage.putAdminConf(deployment.id, other);
    await stage.putReport(deployment.id, wellReport(new Date()));
    step.marker = String(Date.now() - 3 * minuteMs);

    expect(await look()).toEqual(again);
    expect(said()?.text).toContain('is not signed by the cluster');
    expect(step.marker).toBe('');
  });

  describe('where the API is out of reach', () => {
    beforeEach(async () => {
      await stage.putAdminConf(deployment.id, api);
      await api.close();
    });

    it('waits for it for two minutes, from when it was out of reach', async () => {
      await stage.putReport(deployment.id, wellReport(new Date()));
      const before = Date.now();

      expect(await look()).toEqual(again);
      expect(said()?.text).toContain('nothing listens at 127.0.0.1');
      expect(Number(step.marker)).toBeGreaterThanOrEqual(before);
    });

    it('takes the control plane’s word after that, and says whose word it is', async () => {
      await stage.putReport(deployment.id, wellReport(new Date()));
      step.marker = String(Date.now() - 3 * minuteMs);

      expect(await look()).toMatchObject({
        health: { seenBy: 'report', nodes: [{ ready: true }, { ready: true }], pods: [{ name: 'coredns-1' }] },
      });
    });

    it('takes it at once where the cluster has no address outside', async () => {
      await stage.putReport(deployment.id, wellReport(new Date()));
      const network: ClusterSpec['network'] = { ...stagingSpec.network, floatingIp: false };

      expect(await look(stackedStaging(serverOf(api), { network }))).toMatchObject({ health: { seenBy: 'report' } });
    });

    it('says how far the control plane is, by its report', async () => {
      const { nodes, ...rest } = wellReport(new Date()) as { nodes: object[] };
      await stage.putReport(deployment.id, { ...rest, nodes: nodes.slice(0, 1) });
      step.marker = String(Date.now() - 3 * minuteMs);

      expect(await look()).toEqual(again);
      expect(said()).toEqual({ text: '1 of 2 nodes ready, as the control plane reports', done: 1, total: 2 });
    });

    it.each([
      ['that is older than ten minutes', new Date(Date.now() - 11 * minuteMs)],
      ['that was never made', undefined],
    ])('takes no report %s', async (_, at) => {
      if (at !== undefined) await stage.putReport(deployment.id, wellReport(at));
      step.marker = String(Date.now() - 3 * minuteMs);

      expect(await look()).toEqual(again);
      expect(said()?.text).toMatch(/nothing listens at .* and no report of the control plane tells more$/);
    });

    it('fails in the end with why, and what to look at', async () => {
      expect(await failure()).toEqual({
        code: 'cluster_not_ready',
        message: expect.stringMatching(/^staging is not ready after 20 minutes: .*nothing listens at 127\.0\.0\.1/),
        hint: expect.stringContaining('whether this worker reaches port'),
      });
    });
  });

  describe('when its time is over', () => {
    it('fails for a control plane that never handed over admin.conf', async () => {
      expect(await failure()).toEqual({
        code: 'cluster_not_ready',
        message: 'staging is not ready after 20 minutes: the control plane has not handed over admin.conf',
        hint: expect.stringContaining('/var/log/slipway-boot.log'),
      });
    });

    it('names what has not joined, what is not ready and which pods wait', async () => {
      const bare = await stage.startApi({ cni: 'none' });
      deployment = stackedStaging(serverOf(bare));
      await stage.putAdminConf(deployment.id, bare);

      const { message, problems, hint } = await failure();

      expect(message).toMatch(/^staging is not ready after 20 minutes: 0 of 2 nodes ready, \d+ of \d+ pods running$/);
      expect(problems?.map(({ text }) => text)).toEqual([
        `${workerName} has not joined`,
        expect.stringMatching(new RegExp(`^node ${controlPlaneName} is not ready: KubeletNotReady`)),
        expect.stringMatching(/^pod coredns-.*: Pending, 0\/1 ready$/),
        expect.stringMatching(/^pod coredns-.*: Pending, 0\/1 ready$/),
      ]);
      expect(hint).toContain('network plugin');
    });

    it('does not fail a cluster that has just become ready', async () => {
      await stage.putAdminConf(deployment.id, api);
      stage.join(api);
      step.startedAt = Date.now() - 21 * minuteMs;

      expect(await look()).toMatchObject({ health: { seenBy: 'api' } });
    });
  });
});
