import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { releasesContainer } from '../../src/clusters/names.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { findObject } from '../../src/openstack/swift/objects.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { type ReleaseSteps, releaseSteps } from '../jobs/release/support.ts';
import { stagingKubernetes } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { imagesOnly, nothing, Workshop } from './support/workshop.ts';

describe('the step build with a Docker engine', () => {
  const log = silentLogger();
  let folder: string;
  let redis: Redis;
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let workshop: Workshop;

  beforeAll(async () => {
    cloud = await startCloud({ log });
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-build-step-'));
    redis = new Redis(await freshRedisUrl());
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    workshop = await Workshop.open('new');
  });

  afterEach(async () => {
    await workshop.close();
    await openstack.close();
    redis.disconnect();
    await rm(folder, { recursive: true, force: true });
  });

  afterAll(() => cloud.close());

  /** The steps of a deployment on a worker with nothing on its disk. */
  async function newWorker(commit: string): Promise<ReleaseSteps> {
    const { repository, variables, environment } = workshop.options(imagesOnly);
    const needs = { docker: true, diskBytes: 1, memoryBytes: 1 };
    const kubernetes = { ...stagingKubernetes, ...imagesOnly, repository, variables, needs, version: commit };
    const dataDir = await mkdtemp(join(folder, 'data-'));
    const tools = { mutex: new Mutex(redis), buildLogs: new BuildLogs(redis), dataDir, environment: environment ?? {} };
    return releaseSteps({ openstack, spec: { kubernetes }, commit, tools });
  }

  it('builds and stores Kubernetes once; a worker that has nothing finds it in Swift', async () => {
    const { commit } = workshop.tree;

    const built = await (await newWorker(commit)).build();
    const found = await (await newWorker(commit)).build();

    expect(built).toMatchObject({ version: 'v1.35.0', commit, made: true });
    expect(found).toMatchObject({ version: 'v1.35.0', commit, made: false, object: built.object });
    const stored = await findObject(openstack.swift, releasesContainer, built.object.object);
    expect(stored?.size).toBe(built.object.size);
    expect(await workshop.makes()).toEqual(['begun', 'ended']);
    expect(await workshop.leftovers()).toEqual(nothing);
  });

  it('takes turns with other workers of the same engine, also for different commits', async () => {
    const later = await workshop.repository.commit({ CHANGES: 'one more\n' });
    const workers = await Promise.all([workshop.tree.commit, later].map(newWorker));

    const results = await Promise.all(workers.map((worker) => worker.build()));

    expect(results.map(({ made }) => made)).toEqual([true, true]);
    expect(await workshop.makes()).toEqual(['begun', 'ended', 'begun', 'ended']);
    const said = workers.flatMap((worker) => worker.said.map(({ text }) => text));
    expect(said.join('\n')).toContain('waiting for another build on this Docker engine');
  });
});
