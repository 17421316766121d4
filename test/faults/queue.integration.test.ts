import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StackWatches } from '../../jobs/stack-watches.ts';
import { type RunningWorker, startWorker } from '../../jobs/worker.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Deployment, isTerminal } from '../../src/clusters/deployment.ts';
import type { Action } from '../../src/clusters/steps.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { findContainer } from '../../src/openstack/swift/containers.ts';
import { findObjectText, listObjects } from '../../src/openstack/swift/objects.ts';
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
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
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
        protectedClusters: new Set(),
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
      servers: ['staging-control-plane-0 ACTIVE', 'staging-node-0 ACTIVE'],
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

  it('keeps what lets somebody in out of Redis and out of the log', async () => {
    const { hostname, port } = new URL(props.redisUrl);
    const commands: string[] = [];
    const monitor = connect(Number(port), hostname, () => monitor.write('MONITOR\r\n'));
    monitor.setEncoding('utf8').on('data', (text: string) => commands.push(text));

    const up = await run('up');

    monitor.destroy();
    const told = [...commands, ...lines].join('');
    expect(up.state).toBe('succeeded');
    expect(told).toContain('slipway-cluster-staging');
    expect(told).not.toMatch(/temp_url_sig=(?!\[)/);
    for (const [what, secret] of Object.entries(await secretsIn(cloud.direct))) {
      expect(secret?.length, what).toBeGreaterThan(5);
      expect(told.includes(secret ?? ''), what).toBe(false);
    }
  }, 150_000);
});

/** What of a cloud with the cluster in it nobody may see. */
async function secretsIn({ swift }: OpenStack): Promise<Record<string, string | undefined>> {
  const container = 'slipway-cluster-staging';
  const names = (await listObjects(swift, container)).map(({ name }) => name);
  const read = async (end: string) =>
    (await findObjectText(swift, container, names.find((name) => name.endsWith(end)) ?? '')) ?? '{}';
  const keyOf = async (name: string) => (await findContainer(swift, name))?.metadata['temp-url-key'];
  return {
    'the application credential': JSON.parse(await read('cloud-config.json')).sections.Global[
      'application-credential-secret'
    ],
    'the token that nodes join with': JSON.parse(await read('join/node.json')).token,
    'the key of the certificates': JSON.parse(await read('join/control-plane.json')).certificateKey,
    'the key in admin.conf': /client-key-data"?: *"?([\w+/=]+)/.exec(await read('admin.conf'))?.[1],
    'the key that signs URLs into the container': await keyOf(container),
    'the key that signs URLs to releases': await keyOf('slipway-releases'),
  };
}
