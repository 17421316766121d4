import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reconcile } from '../../jobs/reconcile.ts';
import type { Tools } from '../../jobs/run.ts';
import type { Cluster } from '../../src/clusters/cluster.ts';
import { canRetry, failStep, startStep } from '../../src/clusters/decisions.ts';
import { stackTag } from '../../src/clusters/names.ts';
import { stackLabel } from '../../src/clusters/stack.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { createStack, deleteStack, findStack } from '../../src/openstack/heat/stacks.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { approveStaging, deploymentAfter, oneApproval, requestedStaging, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

/** As little of a cluster's stack as reconciling reads. */
const template = {
  heat_template_version: '2021-04-16',
  parameters: { slipway: { type: 'json' } },
  resources: { nothing: { type: 'OS::Heat::RandomString' } },
  outputs: { api_url: { value: 'https://127.24.5.9:6443' }, node_names: { value: ['staging-node-1'] } },
};

const known: Cluster = {
  name: 'gone',
  cloud: 'playground',
  state: 'up',
  deployment: 'gone-1',
  channel: 'C1',
  requestedBy: 'U1',
  version: 'v1',
  stack: 'slipway-gone',
  apiUrl: '',
  nodes: [],
  since: 0,
};

describe('reconciling with Heat', () => {
  const log = silentLogger();
  const { signal } = new AbortController();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let redis: Redis;
  let clusters: Clusters;
  let deployments: Deployments;
  let tools: Tools;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    redis = new Redis(await freshRedisUrl());
  });
  beforeEach(async () => {
    await redis.flushdb();
    clusters = new Clusters(redis);
    deployments = new Deployments(redis, async () => undefined);
    tools = { clusters, deployments, openstack: () => openstack, clouds: ['playground'], log } as unknown as Tools;
  });
  afterEach(async () => {
    const stack = await findStack(openstack.heat, 'slipway-staging');
    if (stack) await deleteStack(openstack.heat, stack);
    await expect.poll(() => findStack(openstack.heat, 'slipway-staging')).toBeUndefined();
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    redis.disconnect();
  });

  async function stackOf(label: object): Promise<void> {
    await createStack(openstack.heat, {
      name: 'slipway-staging',
      template,
      parameters: { slipway: label },
      tags: [stackTag],
    });
    await expect.poll(async () => (await findStack(openstack.heat, 'slipway-staging'))?.state).toBe('COMPLETE');
  }

  it('brings the list of clusters back after Redis was emptied', async () => {
    await stackOf(stackLabel(deploymentAfter(requestedStaging), 'v1.34.2'));

    await reconcile(tools, signal);

    expect(await clusters.list()).toEqual([
      expect.objectContaining({
        name: 'staging',
        state: 'up',
        deployment: 'staging-1',
        version: 'v1.34.2',
        apiUrl: 'https://127.24.5.9:6443',
        nodes: ['staging-node-1'],
      }),
    ]);
  });

  it('asks a cloud one thing where it knows all that the answer tells', async () => {
    await stackOf(stackLabel(deploymentAfter(requestedStaging), 'v1.34.2'));
    await reconcile(tools, signal);
    const proxy = await FaultProxy.start(openstack.cloud.authUrl);
    const counted = connect({ ...openstack.cloud, authUrl: await proxy.authUrl() }, { log });

    await reconcile({ ...tools, openstack: () => counted }, signal);

    expect(proxy.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /auth/tokens', 'GET /stacks']);
    expect(await clusters.find('staging')).toMatchObject({ state: 'up' });
    await counted.close();
    await proxy.close();
  });

  it('leaves alone what carries the tag but not the label', async () => {
    await stackOf({ somebody: 'else' });

    await reconcile(tools, signal);

    expect(await clusters.list()).toEqual([]);
  });

  it('forgets a cluster whose stack is gone', async () => {
    await clusters.put(known);

    await reconcile(tools, signal);

    expect(await clusters.list()).toEqual([]);
  });

  it('takes it from nobody to try again what did not get as far as a stack', async () => {
    const { id } = await approveStaging(deployments);
    await deployments.change(id, startStep('stack'));
    await deployments.change(id, () => failStep('stack', 1, { message: 'No', code: 'no' }));
    expect(await clusters.find('staging')).toMatchObject({ state: 'broken', deployment: id });
    await clusters.put({ ...known, name: 'staging', state: 'broken', deployment: id });

    await reconcile(tools, signal);

    expect(await clusters.find('staging')).toBeUndefined();
    expect(canRetry(await deployments.get(id))).toBe(true);
  });

  it('keeps a cluster in a cloud that clusters.yaml does not name any more', async () => {
    const elsewhere = { ...known, cloud: 'elsewhere' };
    await clusters.put(elsewhere);

    await reconcile(tools, signal);

    expect(await clusters.list()).toEqual([elsewhere]);
  });

  it('corrects a record of an earlier deployment', async () => {
    await clusters.put({ ...known, name: 'staging', stack: 'slipway-staging', deployment: 'staging-0' });
    await stackOf(stackLabel(deploymentAfter(requestedStaging), 'v1.34.2'));

    await reconcile(tools, signal);

    expect(await clusters.find('staging')).toMatchObject({ deployment: 'staging-1', version: 'v1.34.2' });
  });

  it('leaves a cluster broken whose API never answered, though its stack is complete', async () => {
    const broken = {
      ...known,
      name: 'staging',
      stack: 'slipway-staging',
      deployment: 'staging-1',
      state: 'broken',
    } as const;
    await clusters.put(broken);
    await stackOf(stackLabel(deploymentAfter(requestedStaging), 'v1.34.2'));

    await reconcile(tools, signal);

    expect(await clusters.find('staging')).toEqual(broken);
  });

  it('keeps what it knows when a cloud does not answer', async () => {
    await clusters.put(known);
    const dead = {
      ...tools,
      openstack: () => connect({ ...openstack.cloud, authUrl: 'http://127.0.0.1:1/v3' }, { log }),
    };

    await reconcile(dead, AbortSignal.timeout(3_000));

    expect(await clusters.list()).toEqual([known]);
  });

  it('leaves a cluster to the deployment that is under way', async () => {
    await deployments.request({
      action: 'up',
      spec: stagingSpec,
      requestedBy: 'U1',
      channel: 'C1',
      terms: oneApproval,
    });
    await stackOf(stackLabel(deploymentAfter(requestedStaging), 'v1.34.2'));

    await reconcile(tools, signal);

    expect(await clusters.list()).toEqual([]);
  });
});
