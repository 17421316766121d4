import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tools } from '../../jobs/run.ts';
import { type RunningWorker, startWorker } from '../../jobs/worker.ts';
import type { Cluster } from '../../src/clusters/cluster.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { stackParameters } from '../../src/clusters/stack.ts';
import { silentLogger } from '../../src/log.ts';
import { listStackResources } from '../../src/openstack/heat/resources.ts';
import { createStack, type StackRef } from '../../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../../src/openstack/heat/template-files.ts';
import { findNetwork } from '../../src/openstack/neutron/networks.ts';
import { listSubnets } from '../../src/openstack/neutron/subnets.ts';
import { createKeypair } from '../../src/openstack/nova/keypairs.ts';
import { defaultRetryPolicy } from '../../src/openstack/retry.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { Producer } from '../../src/queue/producer.ts';
import { createPeople } from '../../src/slack/people.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { AuditLog } from '../../src/store/audit.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Threads } from '../../src/store/threads.ts';
import { newPublicKey } from '../contracts/public-key.ts';
import { eventually } from '../contracts/support.ts';
import { oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { someStackInputs } from '../support/stack-inputs.ts';
import { actAsControllers } from './controllers.ts';
import { openStackStage, type StackStage } from './stack-stage.ts';

const channel = 'C0DEPLOYS';
const developer = 'U0DEVELOPER';
const id = 'staging-1';
const log = silentLogger();
const patienceMs = 60_000;

describe('a picture of what a cluster is made of', () => {
  let stage: StackStage;
  let workspace: Workspace;
  let redis: Redis;
  let threads: Threads;
  let clusters: Clusters;
  let producer: Producer;
  let worker: RunningWorker;

  beforeEach(async () => {
    stage = await openStackStage();
    workspace = await startWorkspace({ log });
    const redisUrl = await freshRedisUrl();
    redis = new Redis(redisUrl);
    producer = new Producer(redisUrl, log);
    threads = new Threads(redis);
    clusters = new Clusters(redis);
    await clusters.put({ name: 'staging', cloud: 'playground', channel, deployment: id } as Cluster);
    const deployments = new Deployments(redis, () => Promise.resolve());
    const slack = client();
    worker = await startWorker({
      redisUrl,
      queues: ['notify'],
      tools: { deployments, clusters, producer, choices: [], openstack: () => stage.proxied, log } as unknown as Tools,
      notify: {
        deployments,
        threads,
        logs: new BuildLogs(redis),
        slack,
        people: createPeople(slack, log),
        audit: new AuditLog(redis),
        auditChannel: undefined,
        policy: { request: [], approve: oneApproval, access: { admin: [], edit: [], view: [], lifetimeMs: 0 } },
        log,
      },
    });
  }, patienceMs);
  afterEach(async () => {
    await worker.close();
    await producer.close();
    redis.disconnect();
    await workspace.close();
    await stage.close();
  });

  const client = () => createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
  const share = () =>
    producer.shareTopology({ cluster: 'staging', deployment: id, requestedBy: developer }, patienceMs);

  /** Has Heat make the cluster of the templates, until all of its servers are there; none of them ever boots. */
  async function makeCluster(changes: Partial<ClusterSpec> = {}, servers = 2): Promise<StackRef> {
    const { heat, nova } = stage.direct;
    await createKeypair(nova, { name: 'ops', publicKey: newPublicKey() });
    const owner = { id, cluster: 'staging', channel, requestedBy: developer, requestedAt: 0 };
    const parameters = stackParameters(
      { ...owner, spec: { ...stagingSpec, ...changes } },
      { ...someStackInputs, image: 'debian', keypair: 'ops' },
    );
    const template = await loadTemplate('templates/heat/cluster.yaml');
    const ref = await createStack(heat, { name: 'slipway-staging', ...template, parameters });
    await eventually(async () => {
      const made = await listStackResources(heat, ref, { nestedDepth: 3, type: 'OS::Nova::Server' });
      const ready = made.filter(({ status }) => status === 'CREATE_COMPLETE');
      return ready.length === servers ? true : undefined;
    });
    return ref;
  }

  async function postCard(): Promise<string> {
    const { ts = '' } = await client().chat.postMessage({ channel, text: 'The card' });
    await threads.save(id, { channel, cardTs: ts, cardDigest: '', cardAt: 0, position: '' });
    return ts;
  }

  const shared = () => workspace.messages(channel).find(({ files }) => files !== undefined);
  const words = () => shared()?.files?.[0]?.description?.split('\n') ?? [];

  it('is a PNG in the thread of the card, with the same in words', { timeout: patienceMs }, async () => {
    await makeCluster();
    const ts = await postCard();

    const outcome = await share();

    expect(outcome).toEqual({ kind: 'shared', channel, inThread: true });
    expect(shared()).toMatchObject({
      thread_ts: ts,
      text: '<@U0DEVELOPER> asked for the topology of *staging*: 1 control plane ACTIVE, 1 node ACTIVE',
      files: [{ name: 'staging-topology.png', title: 'topology of staging', mimetype: 'image/png' }],
    });
    expect(words()).toEqual([
      'external network gateway',
      expect.stringMatching(/^router staging ACTIVE, [\d.]+$/),
      'network staging, 10.123.0.0/24',
      '1 control plane ACTIVE',
      '1 node ACTIVE',
      expect.stringMatching(/^control plane staging-control-plane-0 ACTIVE, 10\.123\.0\.\d+, floating [\d.]+$/),
      expect.stringMatching(/^node staging-node-0 ACTIVE, 10\.123\.0\.\d+$/),
    ]);
    const picture = await fetch(`${workspace.url}${shared()?.files?.[0]?.path}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('has load balancers and volumes, and what the controllers have made', { timeout: patienceMs }, async () => {
    const { controlPlane, nodes } = stagingSpec;
    await makeCluster(
      {
        controlPlane: { ...controlPlane, count: 3 },
        nodes: { ...nodes, floatingIps: true, bootVolume: { size: 30 } },
      },
      4,
    );
    const { neutron } = stage.direct;
    const external = await findNetwork(neutron, 'gateway');
    const [subnet] = await listSubnets(neutron, { name: 'staging' });
    const made = { subnetId: subnet?.id ?? '', externalNetworkId: external?.id ?? '' };
    await actAsControllers(stage.direct, id, made);
    await actAsControllers(stage.direct, 'production-1', made);

    const outcome = await share();

    expect(outcome).toEqual({ kind: 'shared', channel, inThread: false });
    const lines = words();
    expect(lines.filter((line) => line.startsWith('load balancer'))).toEqual([
      expect.stringMatching(/^load balancer of the API staging-api \w+, 10\.123\.0\.\d+, floating [\d.]+$/),
      expect.stringMatching(/^load balancer kube_service_staging-1_default_web \w+, 10\.123\.0\.\d+$/),
    ]);
    expect(lines.filter((line) => line.startsWith('control plane'))).toHaveLength(3);
    expect(lines).toContainEqual(
      expect.stringMatching(/^node staging-node-0 ACTIVE, 10\.[\d.]+, floating [\d.]+, volume 30 GiB$/),
    );
    expect(lines.at(-1)).toBe('volume pvc-of-staging-1 1 GiB, available, on no server');
  });

  it('leaves out what a service refuses, and says so', { timeout: patienceMs }, async () => {
    await makeCluster();
    for (let occurrence = 1; occurrence <= defaultRetryPolicy.attempts; occurrence += 1) {
      stage.proxy.inject('500', { method: 'GET', service: 'volumev3', path: /volumes/, occurrence });
    }

    const outcome = await share();

    expect(outcome).toMatchObject({ kind: 'shared' });
    expect(shared()?.text).toMatch(/\nnot shown: volumes\. /);
    expect(words()[0]).toMatch(/^not shown: volumes\. /);
    expect(words()).toContain('1 control plane ACTIVE');
  });

  it('is refused where there is no stack, with what to do', async () => {
    expect(await share()).toEqual({
      kind: 'refused',
      message: 'there is no Heat stack slipway-staging',
      hint: expect.stringContaining('/k8s down staging'),
    });
    expect(shared()).toBeUndefined();
  });

  it('tells what Slack refuses', { timeout: patienceMs }, async () => {
    await makeCluster();
    await clusters.put({ name: 'staging', cloud: 'playground', channel: 'C0NOWHERE', deployment: id } as Cluster);

    expect(await share()).toMatchObject({
      kind: 'refused',
      message: 'Slack refused (channel_not_found)',
      hint: expect.stringContaining('/invite @Slipway'),
    });
  });
});
