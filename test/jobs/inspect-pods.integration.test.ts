import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectPods } from '../../jobs/inspect-pods.ts';
import type { Tools } from '../../jobs/run.ts';
import type { Cluster } from '../../src/clusters/cluster.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { silentLogger } from '../../src/log.ts';
import { Clusters } from '../../src/store/clusters.ts';
import type { RunningApi } from '../playground/nodes/support.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { type ClusterStage, openClusterStage, stackedStaging, wellReport } from './cluster-stage.ts';

const minuteMs = 60_000;

describe('a look into a cluster', () => {
  let stage: ClusterStage;
  let api: RunningApi;
  let redis: Redis;
  let clusters: Clusters;
  let deployment: Deployment;
  /** What Redis has of deployments. */
  let stored: Deployment | undefined;

  beforeEach(async () => {
    stage = await openClusterStage();
    api = await stage.startApi();
    redis = new Redis(await freshRedisUrl());
    clusters = new Clusters(redis);
    deployment = stackedStaging(server());
    stored = { ...deployment, state: 'succeeded' };
  });
  afterEach(async () => {
    redis.disconnect();
    await stage.close();
  });

  const server = () => api.kubeconfig('nobody', []).server;

  function look() {
    const tools = {
      openstack: () => stage.openstack,
      deployments: { find: () => Promise.resolve(stored) },
      clusters,
      choices: [{ cloud: 'playground' }],
      log: silentLogger(),
    } as unknown as Tools;
    return inspectPods({ cluster: 'staging', deployment: deployment.id }, tools, new AbortController().signal);
  }

  it('tells nodes and pods as the API has them now', async () => {
    await stage.putAdminConf(deployment.id, api);
    stage.join(api);

    const seen = await look();

    expect(seen).toMatchObject({ kind: 'seen', health: { seenBy: 'api', nodes: [{ ready: true }, { ready: true }] } });
  });

  it('finds the cluster by its record where Redis has lost the deployment', async () => {
    await stage.putAdminConf(deployment.id, api);
    stored = undefined;
    await clusters.put({ name: 'staging', cloud: 'playground', apiUrl: server() } as Cluster);

    expect(await look()).toMatchObject({ kind: 'seen', health: { seenBy: 'api' } });
  });

  it('says that nothing is known of a cluster that Redis has lost altogether', async () => {
    stored = undefined;

    expect(await look()).toEqual({
      kind: 'unknown',
      text: 'Nothing is known of staging any more',
      hint: expect.stringContaining('upkeep'),
    });
  });

  it.each([
    ['succeeded', 'There is no admin.conf of staging in the Swift container slipway-cluster-staging', 'kept none'],
    ['running', 'its control plane has not handed over admin.conf yet', '/k8s status staging'],
    ['failed', 'The control plane of staging never handed over its admin.conf', '/var/log/slipway-boot.log'],
  ] as const)(
    'says what it means that there is no admin.conf of a cluster whose deployment has %s',
    async (state, text, hint) => {
      stored = { ...deployment, state };

      expect(await look()).toEqual({
        kind: 'unknown',
        text: expect.stringContaining(text),
        hint: expect.stringContaining(hint),
      });
    },
  );

  it('shows the report of the control plane where the API is out of reach', async () => {
    await stage.putAdminConf(deployment.id, api);
    await stage.putReport(deployment.id, wellReport(new Date()));
    await api.close();

    expect(await look()).toMatchObject({ kind: 'seen', health: { seenBy: 'report', pods: [{ name: 'coredns-1' }] } });
  });

  it.each([
    ['is old', 90 * minuteMs, 'its control plane has reported nothing for 90 minutes'],
    ['is not there', undefined, 'its control plane has reported nothing'],
  ])('says that the API is out of reach where the report %s', async (_, ageMs, said) => {
    await stage.putAdminConf(deployment.id, api);
    if (ageMs !== undefined) await stage.putReport(deployment.id, wellReport(new Date(Date.now() - ageMs)));
    await api.close();

    expect(await look()).toEqual({
      kind: 'unknown',
      text: expect.stringMatching(new RegExp(`nothing listens at .*; and ${said}$`)),
      hint: expect.stringContaining('whether this worker reaches port'),
    });
  });

  it('shows no report in the place of an API that refuses', async () => {
    await stage.putAdminConf(deployment.id, await stage.startApi());
    await stage.putReport(deployment.id, wellReport(new Date()));

    expect(await look()).toEqual({
      kind: 'unknown',
      text: expect.stringContaining('is not signed by the cluster'),
      hint: expect.stringContaining('whether the control plane was made anew'),
    });
  });
});
