import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../jobs/plan.ts';
import type { Tools } from '../../jobs/run.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { change, finishStep, startStep } from '../../src/clusters/decisions.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { SourceInspection } from '../../src/clusters/inspection.ts';
import type { ReservedCidr } from '../../src/clusters/network-fit.ts';
import { type Action, stepsOf } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { createImage, uploadImage } from '../../src/openstack/glance/images.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { createKeypair } from '../../src/openstack/nova/keypairs.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { makePublicKey } from '../../src/playground/demo/props.ts';
import type { PlanJob } from '../../src/queue/jobs.ts';
import { Secret } from '../../src/secret.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { buildWorkerThatSays, someCommit } from '../support/build-worker.ts';
import { oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { storeSomeArtifact } from '../support/some-artifact.ts';

/** What the playground's cloud can build: the image is given as a file, the keypair by its public key. */
const possible: ClusterSpec = {
  ...stagingSpec,
  image: { name: 'debian-12', format: 'raw', file: resolve('package.json') },
  keypair: { name: 'ops', publicKey: makePublicKey().publicKey },
};

describe('planning', () => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let redis: Redis;
  let deployments: Deployments;
  let started: string[];

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    redis = new Redis(await freshRedisUrl());
  });
  beforeEach(async () => {
    await redis.flushdb();
    deployments = new Deployments(redis, async () => undefined);
    started = [];
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    redis.disconnect();
  });

  async function request(spec: ClusterSpec, action: Action = 'up', count = 1): Promise<Deployment> {
    const terms = { ...oneApproval, count };
    const outcome = await deployments.request({ action, spec, requestedBy: 'U1', channel: 'C1', terms });
    if (outcome.kind !== 'accepted') throw new Error('busy');
    return outcome.deployment;
  }

  async function planned(
    { id, revision = 0 }: Deployment,
    on: OpenStack = openstack,
    reservedCidrs: readonly ReservedCidr[] = [],
    source?: SourceInspection,
  ): Promise<Deployment> {
    const start = async (deployment: string) => {
      started.push(deployment);
    };
    const template = 'templates/heat/cluster.yaml';
    const tools = {
      deployments,
      producer: { start, ...buildWorkerThatSays(source) },
      openstack: () => on,
      template,
      reservedCidrs,
      log,
    } as unknown as Tools;
    const job = { id: `${id}-plan`, data: { deployment: id, revision }, attemptsMade: 0, opts: { attempts: 1 } };
    await plan(job as Job<PlanJob>, tools, new AbortController().signal);
    return deployments.get(id);
  }

  it('says what will be made, from what the cloud has, and asks for approval', async () => {
    const deployment = await planned(await request(possible));

    expect(deployment.state).toBe('awaiting-approval');
    expect(Object.fromEntries(deployment.plan?.lines.map(({ label, text }) => [label, text]) ?? [])).toEqual({
      Kubernetes: 'v1.34.2 from source, commit 0123456789ab',
      'Control plane': '1 × m1.medium (2 cores, 4 GiB)',
      Nodes: '1 × m1.small (1 core, 2 GiB), up to 3',
      Network: '10.123.0.0/24 behind a router to gateway, 1 floating IP',
      Image: 'debian-12, to be uploaded',
      Lifetime: 'until somebody tears it down',
      Keypair: 'ops, to be imported',
      Salt: 'the image’s own salt-call, which it must have: there is no firstBoot.salt',
      Quota: 'servers 0→2 of 100 · cores 0→3 of 200 · RAM 0→6 of 400 GiB · floating IPs 0→1 of 200',
      Release: 'not in Swift yet: it is built (make quick-release) and sent',
    });
    expect(deployment.plan?.warnings).toEqual([]);
    expect(deployment.plan?.commit).toBe(someCommit);
  });

  it('says of a larger cluster what it will be made of, too', async () => {
    const deployment = await planned(
      await request({
        ...possible,
        controlPlane: { ...possible.controlPlane, count: 3, availabilityZone: 'nova' },
        nodes: { ...possible.nodes, count: 2, floatingIps: true, bootVolume: { size: 40 } },
      }),
    );

    expect(Object.fromEntries(deployment.plan?.lines.map(({ label, text }) => [label, text]) ?? [])).toMatchObject({
      'Control plane': '3 × m1.medium (2 cores, 4 GiB) behind a load balancer, in the zone nova',
      Nodes: '2 × m1.small (1 core, 2 GiB), up to 3, each with a floating IP, on volumes of 40 GiB',
      Network: '10.123.0.0/24 behind a router to gateway, 3 floating IPs',
      Quota: 'servers 0→5 of 100 · cores 0→8 of 200 · RAM 0→16 of 400 GiB · floating IPs 0→3 of 200',
    });
  });

  it.each<[string, Partial<ClusterSpec>, RegExp, RegExp]>([
    ['a flavor that is there', { nodes: { ...possible.nodes, flavor: 'huge' } }, /no flavor huge/, /m1\.small/],
    [
      'a flavor that kubeadm takes',
      { controlPlane: { count: 1, flavor: 'm1.small' } },
      /1 core where kubeadm wants 2/,
      /larger/,
    ],
    [
      'a network',
      { network: { ...possible.network, external: 'moon' } },
      /no external network moon/,
      /gateway, public/,
    ],
    [
      'a resolver',
      { network: { ...possible.network, dns: ['127.0.0.53'] } },
      /127\.0\.0\.53 is a loopback/,
      /network\.dns/,
    ],
    ['an image', { image: { name: 'debian-12', format: 'raw' } }, /no image debian-12/, /a file, or a url/],
    ['an image by its id', { image: { id: 'no-such-image' } }, /no image with the id no-such-image/, /another image/],
    [
      'an image file',
      { image: { name: 'debian-12', format: 'raw', file: '/no/such' } },
      /its file such is not on this worker/,
      /upload/,
    ],
    ['a keypair', { keypair: { name: 'ops' } }, /no keypair ops/, /publicKey/],
    [
      'a public key',
      { keypair: { name: 'ops', publicKey: 'ssh-ed25519 AAAA' } },
      /public key of the keypair ops/,
      /OpenSSH/,
    ],
    [
      'a zone',
      { nodes: { ...possible.nodes, availabilityZone: 'az9' } },
      /no availability zone az9/,
      /nodes\.availabilityZone in clusters\.yaml to one of: nova/,
    ],
    [
      'an existing network',
      { network: { ...possible.network, existing: { network: 'office', subnet: 'office' } } },
      /no network office/,
      /network\.existing\.network/,
    ],
    [
      'quota for volumes',
      { nodes: { ...possible.nodes, count: 11, max: 11, bootVolume: { size: 100 } } },
      /volumes: 11 needed, 10 free of 10 · volume space: 1100 GiB needed/,
      /larger quota/,
    ],
    [
      'quota',
      { nodes: { ...possible.nodes, count: 150, max: 150, flavor: 'm1.medium' } },
      /quota is too small for servers: 151 needed, 100 free of 100 · cores: 302/,
      /larger quota/,
    ],
  ])(
    'ends a request that lacks %s, before anybody approves it, and says what to change',
    async (_what, change, message, hint) => {
      const { state, failure } = await planned(await request({ ...possible, ...change }));

      const told = failure?.problems ?? [{ text: failure?.message, hint: failure?.hint }];
      expect(state).toBe('failed');
      expect(failure?.code).toBe('preflight');
      expect(told[0]?.text).toMatch(message);
      expect(told[0]?.hint ?? '').toMatch(hint);
    },
  );

  it('tells everything that is in the way at once', async () => {
    const network = { ...possible.network, external: 'moon', dns: ['10.123.0.2'] };

    const { failure } = await planned(
      await request({ ...possible, network, controlPlane: { count: 1, flavor: 'm1.tiny' }, keypair: { name: 'none' } }),
      openstack,
      [{ cidr: '10.0.0.0/8', reason: 'the office' }],
    );

    expect(failure?.message).toBe('5 things stand in the way of staging');
    expect(failure?.problems?.map(({ text }) => text)).toEqual([
      'The control plane’s flavor m1.tiny has 1 core where kubeadm wants 2 and 512 MiB of memory where kubeadm wants 1700',
      'The cloud has no external network moon',
      'The resolver 10.123.0.2 lies in the cluster’s own network 10.123.0.0/24, where nothing answers yet',
      '10.123.0.0/24 overlaps 10.0.0.0/8, which is reserved: the office',
      'There is no keypair none in Nova',
    ]);
  });

  it('ends a request whose keypair is another key under the same name', async () => {
    await createKeypair(openstack.nova, { name: 'taken', publicKey: makePublicKey().publicKey });

    const { failure } = await planned(
      await request({ ...possible, keypair: { name: 'taken', publicKey: makePublicKey().publicKey } }),
    );

    expect(failure?.message).toBe('Nova has a keypair taken with another key');
  });

  it('ends a request whose range is taken behind the same external network, and warns of one apart', async () => {
    const neutron = openstack.neutron;
    const make = <Thing>(path: string, key: string, body: object) =>
      neutron
        .post<Record<string, Thing & { id: string }>>([path], {
          doing: `Making ${path}`,
          ok: [201],
          body: { [key]: body },
        })
        .then((answer) => answer[key]?.id ?? '');
    const [gateway] = await listNetworks(neutron, { name: 'gateway' });
    const subnetOn = async (name: string, cidr: string) => {
      const network_id = await make('networks', 'network', { name });
      return make('subnets', 'subnet', { name, network_id, cidr, ip_version: 4 });
    };
    await subnetOn('island', '10.50.0.0/24');
    const routed = await subnetOn('offices', '10.60.0.0/24');
    const router = await make('routers', 'router', { name: 'r', external_gateway_info: { network_id: gateway?.id } });
    await neutron.put(['routers', router, 'add_router_interface'], {
      doing: 'Joining',
      ok: [200],
      body: { subnet_id: routed },
    });
    const withCidr = (cidr: string) => ({ ...possible, network: { ...possible.network, cidr } });

    const apart = await planned(await request({ ...withCidr('10.50.0.0/25'), name: 'apart' }));
    const behind = await planned(await request({ ...withCidr('10.60.0.0/25'), name: 'behind' }));

    expect(apart.state).toBe('awaiting-approval');
    expect(apart.plan?.warnings).toEqual([
      '10.50.0.0/25 overlaps island (10.50.0.0/24); they are not connected now, and could not be connected later',
    ]);
    expect(behind.failure?.message).toBe(
      '10.60.0.0/25 overlaps offices (10.60.0.0/24), which is behind the same external network',
    );
  });

  it('knows that the release is in Swift, and how long it took last time', async () => {
    await storeSomeArtifact(openstack.swift, possible.kubernetes, 3 * 1024 ** 2);
    const before = await planned(await request({ ...possible, name: 'sandbox' }, 'up', 0));
    for (const step of stepsOf.up) {
      await deployments.change(before.id, startStep(step));
      await deployments.change(before.id, finishStep(step, 1, {} as never));
    }

    const { plan: made } = await planned(await request(possible));

    const lines = Object.fromEntries(made?.lines.map(({ label, text }) => [label, text]) ?? []);
    expect(lines.Release).toMatch(/^in Swift since \d{4}-\d\d-\d\d \(3 MiB\): nothing is built or sent$/);
    expect(lines.Time).toBe('about 1 s, as sandbox took');
  });

  it('has Heat check the stack where all that it is made of is there', async () => {
    const key = makePublicKey();
    await createKeypair(openstack.nova, key);
    const { id } = await createImage(openstack.glance, { name: 'whole', diskFormat: 'raw', containerFormat: 'bare' });
    await uploadImage(openstack.glance, id, { content: () => Readable.from([Buffer.alloc(1024)]), size: 1024 });
    const whole = { ...possible, image: { id }, keypair: { name: key.name } };
    const unnameable = { ...whole, name: 'Not_A_Name' };

    const good = await planned(await request({ ...whole, name: 'whole' }));
    const bad = await planned(await request(unnameable));

    expect(good.failure).toBeUndefined();
    expect(good.state).toBe('awaiting-approval');
    expect(bad.failure?.message).toMatch(/Heat/);
    expect(bad.failure?.message).toMatch(/cluster_name/);
  });

  it('names the one service that does not answer, once', async () => {
    const endpointOverrides = { compute: 'http://127.0.0.1:1/v2.1' };
    const halved = connect({ ...openstack.cloud, endpointOverrides }, { log });

    const { state, failure } = await planned(await request(possible), halved);
    await halved.close();

    expect(state).toBe('failed');
    expect(failure?.problems).toBeUndefined();
    expect(failure?.message).toMatch(/nothing answers at 127\.0\.0\.1:1, the address of Nova/);
  });

  it('says of credentials that Keystone refuses nothing but that', async () => {
    const { cloud: config } = openstack;
    if (config.credentials.kind !== 'password') throw new Error('the playground has a password');
    const credentials = { ...config.credentials, password: new Secret('wrong') };
    const stranger = connect({ ...config, credentials }, { log });

    const { failure } = await planned(await request(possible), stranger);
    await stranger.close();

    expect(failure?.message).toMatch(/Logging in to OpenStack/);
    expect(failure?.problems).toBeUndefined();
  });

  it('takes the newest of several images of the name, as the step will, and says so', async () => {
    for (const content of ['older', 'newer']) {
      const { id } = await createImage(openstack.glance, { name: 'twice', diskFormat: 'raw', containerFormat: 'bare' });
      await uploadImage(openstack.glance, id, { content: () => Readable.from([Buffer.from(content)]) });
    }

    const { plan: made } = await planned(await request({ ...possible, image: { name: 'twice', format: 'raw' } }));

    expect(made?.lines).toContainEqual({ label: 'Image', text: 'twice, already there' });
    expect(made?.warnings).toEqual([expect.stringMatching(/^2 images are named twice: the newest, .* is taken$/)]);
  });

  it('goes straight on where no approval is needed', async () => {
    const deployment = await planned(await request(possible, 'down', 0));

    expect(deployment.state).toBe('queued');
    expect(started).toEqual([deployment.id]);
  });

  it('is not recorded for what is asked for since, nor is its failure', async () => {
    const deployment = await request(possible);
    await planned(deployment);
    const larger = { ...possible, nodes: { ...possible.nodes, count: 2 } };
    await deployments.change(deployment.id, change('U1', larger, 0));
    const dead = connect({ ...openstack.cloud, authUrl: 'http://127.0.0.1:1/v3' }, { log });

    const old = await planned(deployment, dead);
    const anew = await planned({ ...deployment, revision: 1 });

    expect(old).toMatchObject({ state: 'requested', revision: 1 });
    expect(anew.state).toBe('awaiting-approval');
    expect(anew.plan?.lines).toContainEqual({ label: 'Nodes', text: '2 × m1.small (1 core, 2 GiB), up to 3' });
  });

  it('does not touch a deployment that has gone on when it is made twice', async () => {
    const deployment = await request(possible, 'up', 0);
    await planned(deployment);
    await deployments.change(deployment.id, startStep('build'));
    const dead = connect({ ...openstack.cloud, authUrl: 'http://127.0.0.1:1/v3' }, { log });

    const again = await planned(deployment, dead);

    expect(again.state).toBe('running');
  });
});
