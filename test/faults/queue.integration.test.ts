import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StackWatches } from '../../jobs/stack-watches.ts';
import { type RunningWorker, startWorker } from '../../jobs/worker.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Deployment, isTerminal } from '../../src/clusters/deployment.ts';
import type { Action } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { createKubernetesTree } from '../../src/playground/kubernetes-tree/tree.ts';
import { Producer } from '../../src/queue/producer.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Builders } from '../../src/store/builders.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { stagingKubernetes } from '../support/fixtures.ts';
import { takeInventory } from './inventory.ts';
import { type MadeProps, makeProps } from './props.ts';
import { type FaultyCloud, startFaultyCloud } from './world.ts';

describe('a deployment that a worker process takes from the queue, in which calls go wrong', () => {
  const log = silentLogger();
  let directory: string;
  let cloud: FaultyCloud;
  let redis: Redis;
  let producer: Producer;
  let deployments: Deployments;
  let worker: RunningWorker;
  let props: MadeProps;
  let spec: ClusterSpec;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-faults-'));
    cloud = await startFaultyCloud();
    props = await makeProps(directory);
    const { repository, tag } = await createKubernetesTree(join(directory, 'kubernetes'));
    spec = { ...props.spec, kubernetes: { ...stagingKubernetes, repository, version: tag } };
    redis = new Redis(props.redisUrl);
    producer = new Producer(props.redisUrl, log);
    deployments = new Deployments(redis, async () => undefined);
    const openstack = cloud.connect();
    const watches = new StackWatches(() => openstack);
    worker = await startWorker({
      redisUrl: props.redisUrl,
      queues: ['build', 'cloud', 'upkeep'],
      tools: {
        deployments,
        clusters: new Clusters(redis),
        mutex: new Mutex(redis),
        producer,
        openstack: () => openstack,
        stackWatch: (choice) => watches.get(choice),
        clouds: ['playground'],
        choices: [{ cloud: 'playground' }],
        keepReleasesMs: 24 * 3_600_000,
        reservedCidrs: [],
        environment: { PATH: process.env.PATH, HOME: process.env.HOME },
        dataDir: directory,
        secrets: [],
        template: resolve('templates/heat/cluster.yaml'),
        states: resolve('templates/salt'),
        buildLogs: new BuildLogs(redis),
        builders: new Builders(redis),
        buildNeeds: stagingKubernetes.needs,
        log,
      },
    });
  });
  afterEach(async () => {
    await worker.close();
    await producer.close();
    redis.disconnect();
    props.close();
    await cloud.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function run(action: Action): Promise<Deployment> {
    const terms = { count: 0, from: [], self: true, withinMs: 60_000 };
    const outcome = await deployments.request({ action, spec, requestedBy: 'U1', channel: spec.channel, terms });
    if (outcome.kind !== 'accepted') throw new Error('busy');
    const { id } = outcome.deployment;
    await producer.plan(id);
    await expect.poll(async () => isTerminal((await deployments.get(id)).state), { timeout: 60_000 }).toBe(true);
    return deployments.get(id);
  }

  it('ends as if nothing had happened: every retry is the queue’s own', async () => {
    const faults = [
      cloud.proxy.inject('503', { method: 'GET', service: 'network', path: /^\/v2\.0\/networks$/ }),
      cloud.proxy.inject('reset in the body', { method: 'PUT', service: 'object-store', path: /\.tar\.gz$/ }),
      cloud.proxy.inject('lost answer', { method: 'PUT', service: 'image', path: /\/file$/ }),
      cloud.proxy.inject('500', { method: 'POST', service: 'compute', path: /^\/os-keypairs$/ }),
      cloud.proxy.inject('lost answer', { method: 'POST', service: 'orchestration', path: /^\/stacks$/ }),
      cloud.proxy.inject('truncated', { method: 'DELETE', service: 'orchestration', path: /^\/stacks\// }),
    ];

    const up = await run('up');
    const made = await takeInventory(cloud.direct);
    const down = await run('down');
    const left = await takeInventory(cloud.direct);

    expect(faults.map(({ struck }) => struck)).not.toContain(false);
    expect(up).toMatchObject({ state: 'succeeded' });
    expect(made).toMatchObject({
      stacks: expect.arrayContaining(['slipway-staging CREATE_COMPLETE']),
      servers: ['staging-control-plane ACTIVE', 'staging-node-? ACTIVE'],
      images: ['debian-12 active 300000'],
      keypairs: [spec.keypair.name],
      containers: ['slipway-cluster-staging', 'slipway-releases'],
      credentials: ['slipway-staging-?'],
    });
    expect(down).toMatchObject({ state: 'succeeded' });
    expect(left).toMatchObject({
      stacks: [],
      servers: [],
      ports: [],
      routers: [],
      images: made.images,
      containers: ['slipway-releases'],
      credentials: [],
    });
  }, 150_000);
});
