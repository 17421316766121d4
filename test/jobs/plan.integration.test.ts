import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../jobs/plan.ts';
import type { Tools } from '../../jobs/run.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { startStep } from '../../src/clusters/decisions.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { Action } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import type { DeploymentJob } from '../../src/queue/jobs.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

/** What the playground's cloud can build: the image is given as a file, the keypair by its public key. */
const possible: ClusterSpec = {
  ...stagingSpec,
  image: { name: 'debian-12', format: 'raw', file: '/images/debian-12.img' },
  keypair: { name: 'ops', publicKey: 'ssh-ed25519 AAAA' },
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

  async function planned({ id }: Deployment, on: OpenStack = openstack): Promise<Deployment> {
    const start = async (deployment: string) => {
      started.push(deployment);
    };
    const tools = { deployments, producer: { start }, openstack: () => on, log } as unknown as Tools;
    const job = { id: `${id}-plan`, data: { deployment: id }, attemptsMade: 0, opts: { attempts: 1 } };
    await plan(job as Job<DeploymentJob>, tools, new AbortController().signal);
    return deployments.get(id);
  }

  it('says what will be made, from what the cloud has, and asks for approval', async () => {
    const deployment = await planned(await request(possible));

    expect(deployment.state).toBe('awaiting-approval');
    expect(Object.fromEntries(deployment.plan?.lines.map(({ label, text }) => [label, text]) ?? [])).toEqual({
      Kubernetes: 'v1.34.2, built from source (make quick-release)',
      'Control plane': '1 × m1.medium (2 cores, 4 GiB)',
      Nodes: '1 × m1.small (1 core, 2 GiB), up to 3',
      Network: '10.123.0.0/24 behind a router to gateway, 1 floating IP',
      Image: 'debian-12, to be uploaded',
      Keypair: 'ops, to be imported',
    });
  });

  it.each<[string, Partial<ClusterSpec>, RegExp, RegExp]>([
    ['a flavor', { nodes: { count: 1, max: 1, flavor: 'huge' } }, /no flavor huge/, /m1\.small/],
    [
      'a network',
      { network: { ...possible.network, external: 'moon' } },
      /no external network moon/,
      /gateway, public/,
    ],
    ['an image', { image: { name: 'debian-12', format: 'raw' } }, /no image debian-12/, /a file, or a url/],
    ['a keypair', { keypair: { name: 'ops' } }, /no keypair ops/, /publicKey/],
  ])(
    'ends a request that lacks %s, before anybody approves it, and says what to change',
    async (_what, change, message, hint) => {
      const { state, failure } = await planned(await request({ ...possible, ...change }));

      expect(state).toBe('failed');
      expect(failure?.message).toMatch(message);
      expect(failure?.hint).toMatch(hint);
    },
  );

  it('goes straight on where no approval is needed', async () => {
    const deployment = await planned(await request(possible, 'down', 0));

    expect(deployment.state).toBe('queued');
    expect(started).toEqual([deployment.id]);
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
