import { Readable } from 'node:stream';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectReleases } from '../../jobs/inspect-releases.ts';
import { pruneReleases } from '../../jobs/prune-releases.ts';
import { putArtifactManifest } from '../../jobs/release/artifact-store.ts';
import { putReleaseManifest } from '../../jobs/release/release-store.ts';
import type { Tools } from '../../jobs/run.ts';
import type { ArtifactManifest } from '../../src/clusters/artifact.ts';
import { recordPlan } from '../../src/clusters/decisions.ts';
import {
  buildLogObject,
  releaseManifestObject,
  releasesContainer,
  sharedFileIndexObject,
  sharedFileObject,
  stackTag,
} from '../../src/clusters/names.ts';
import { type ReleaseManifest, type ReleaseObject, releaseId } from '../../src/clusters/release.ts';
import { stackLabel } from '../../src/clusters/stack.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { createStack, deleteStack, findStack } from '../../src/openstack/heat/stacks.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { createContainer } from '../../src/openstack/swift/containers.ts';
import { listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { removeStoredFile } from '../../src/openstack/swift/stored-file.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { someCommit } from '../support/build-worker.ts';
import { approveStaging, deploymentAfter, requestedStaging, requestStaging, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { storeSomeArtifact } from '../support/some-artifact.ts';

const day = 24 * 3_600_000;
const keepMs = 30 * day;
/** Everything that a test puts into Swift is older than that by then. */
const later = Date.now() + 40 * day;

const template = {
  heat_template_version: '2021-04-16',
  parameters: { slipway: { type: 'json' } },
  resources: { nothing: { type: 'OS::Heat::RandomString' } },
};

describe('what nobody uses in Swift', () => {
  const log = silentLogger();
  const { signal } = new AbortController();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let redis: Redis;
  let tools: Tools;
  let deployments: Deployments;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    redis = new Redis(await freshRedisUrl());
  });
  beforeEach(async () => {
    await redis.flushdb();
    await createContainer(openstack.swift, releasesContainer);
    for (const name of await objects()) await removeStoredFile(openstack.swift, releasesContainer, name);
    deployments = new Deployments(redis, async () => undefined);
    tools = {
      deployments,
      clusters: new Clusters(redis),
      openstack: () => openstack,
      clouds: ['playground'],
      choices: [{ cloud: 'playground' }],
      keepReleasesMs: keepMs,
      mutex: new Mutex(redis),
      log,
    } as unknown as Tools;
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    redis.disconnect();
  });

  async function objects(): Promise<string[]> {
    return (await listObjects(openstack.swift, releasesContainer)).map(({ name }) => name);
  }

  async function put(object: string): Promise<void> {
    const content = Buffer.from('something');
    const options = { container: releasesContainer, object, size: content.length };
    await putObject(openstack.swift, { ...options, content: () => Readable.from([content]) });
  }

  /** A release of an artifact and one more file, as `publish` leaves it. */
  async function releaseOf({ id, version, files }: ArtifactManifest): Promise<ReleaseManifest> {
    const sha256 = 'ab'.repeat(32);
    const states = sharedFileObject(sha256, 'kubernetes-salt.tar.gz');
    await put(states);
    const parts: ReleaseObject[] = [
      ...files.map((file) => ({ kind: 'kubernetes' as const, ...file })),
      { kind: 'states' as const, name: 'kubernetes-salt.tar.gz', object: states, size: 9, sha256 },
    ].map(({ kind, name, object, size, sha256: digest }) => ({ kind, name, object, size, sha256: digest }));
    const manifest = { id: releaseId(version, parts), version, artifact: id, usedAt: Date.now(), objects: parts };
    await putReleaseManifest(openstack.swift, manifest);
    return manifest;
  }

  async function withStack(release: string | undefined, work: () => Promise<void>): Promise<void> {
    const label = stackLabel(deploymentAfter(requestedStaging), 'v1.34.2', release);
    const options = { name: 'slipway-staging', template, parameters: { slipway: label }, tags: [stackTag] };
    const stack = await createStack(openstack.heat, options);
    try {
      await work();
    } finally {
      await deleteStack(openstack.heat, stack);
      await expect.poll(() => findStack(openstack.heat, 'slipway-staging')).toBeUndefined();
    }
  }

  it('goes after its time: artifact, release, files, logs and what broken uploads left', async () => {
    await releaseOf(await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000));
    await put(buildLogObject('staging-1'));
    await put('artifacts/0123456789ab-linux-amd64-abcdefabcdef/kubernetes-server-linux-amd64.tar.gz');
    await put('segments/artifacts/x/kubernetes-server-linux-amd64.tar.gz/abc/10-5/00000001');
    await put(sharedFileIndexObject('cd'.repeat(64), 'kubernetes-salt.tar.gz'));
    await put('something-of-somebody-else');

    await pruneReleases(tools, signal, later);

    expect(await objects()).toEqual(['something-of-somebody-else']);
  });

  it('stays until then', async () => {
    await releaseOf(await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000));
    const before = await objects();

    await pruneReleases(tools, signal, Date.now() + 29 * day);

    expect(await objects()).toEqual(before);
  });

  it('is not what a cluster runs on, nor the log of how that was built', async () => {
    const artifact = await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000);
    const log = buildLogObject(artifact.deployment);
    await put(log);
    await putArtifactManifest(openstack.swift, { ...artifact, log });
    const { id } = await releaseOf(artifact);
    await put(sharedFileIndexObject('cd'.repeat(64), 'kubernetes-salt.tar.gz'));
    const before = await objects();

    await withStack(id, () => pruneReleases(tools, signal, later));

    expect(await objects()).toEqual(before);
  });

  it('is kept for its time from when the last cluster that ran on it has gone', async () => {
    const { id } = await releaseOf(await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000));
    const before = await objects();
    await withStack(id, () => pruneReleases(tools, signal, later));

    await pruneReleases(tools, signal, later + 29 * day);
    const inTime = await objects();
    await pruneReleases(tools, signal, later + 30 * day);

    expect(inTime).toEqual(before);
    expect(await objects()).toEqual([]);
  });

  it('is not what a deployment under way is about to use', async () => {
    await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000);
    const before = await objects();
    const { id } = await approveStaging(deployments);
    const { artifact } = await chosen(id);

    await pruneReleases(tools, signal, later);

    expect(before).toContain(`artifacts/${artifact}/manifest.json`);
    expect(await objects()).toEqual(before);
  });

  it('is not what a deployment is planned to use, which waits for its approval', async () => {
    await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000);
    const before = await objects();
    const { id } = await requestStaging(deployments);
    await deployments.change(id, recordPlan({ lines: [], warnings: [], commit: someCommit }, Date.now()));

    await pruneReleases(tools, signal, later);

    expect(await objects()).toEqual(before);
  });

  async function chosen(id: string): Promise<{ artifact: string }> {
    const [stored] = (await inspectReleases({ choice: { cloud: 'playground' } }, tools, signal)).releases;
    const object = { kind: 'kubernetes' as const, name: 'k', object: 'k', size: 1, sha256: '' };
    const artifact = stored?.id ?? '';
    await deployments.change(id, () => [{ type: 'step-started', step: 'build', attempt: 1 }]);
    await deployments.change(id, () => [
      {
        type: 'step-finished',
        step: 'build',
        attempt: 1,
        result: { version: 'v1.34.2', artifact, made: false, object },
      },
    ]);
    return { artifact };
  }

  it('is not known while a stack does not say what its servers fetch', async () => {
    await releaseOf(await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000));
    const before = await objects();

    await withStack(undefined, () => pruneReleases(tools, signal, later));

    expect(await objects()).toEqual(before);
  });

  it('is not known while the release that a cluster runs on cannot be read', async () => {
    const artifact = await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000);
    const { id } = await releaseOf(artifact);
    await put(releaseManifestObject(id));
    const before = await objects();

    await withStack(id, () => pruneReleases(tools, signal, later));

    expect(await objects()).toEqual(before);
  });

  it('is not known while there is a cluster in a cloud that clusters.yaml does not name any more', async () => {
    await releaseOf(await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000));
    const before = await objects();
    const { id, cluster, channel, requestedBy } = deploymentAfter(requestedStaging);
    await tools.clusters.put({
      ...{ name: cluster, cloud: 'former', state: 'up', deployment: id, channel, requestedBy, version: 'v1.34.2' },
      ...{ stack: 'slipway-staging', apiUrl: '', nodes: [], since: 0 },
    });

    await pruneReleases(tools, signal, later);

    expect(await objects()).toEqual(before);
  });

  it('is not known while a cloud does not answer', async () => {
    await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000);
    const before = await objects();
    const away = connect({ ...openstack.cloud, endpointOverrides: { orchestration: 'http://127.0.0.1:1/' } }, { log });

    const pruning = pruneReleases({ ...tools, openstack: () => away }, signal, later);

    await expect(pruning).rejects.toThrow(/Heat/);
    expect(await objects()).toEqual(before);
    expect(
      await inspectReleases({ choice: { cloud: 'playground' } }, { ...tools, openstack: () => away }, signal),
    ).toMatchObject({
      releases: [],
      problem: { text: expect.stringContaining('Heat') },
    });
    await away.close();
  }, 60_000);

  it('is told of, with who uses the rest and when it goes', async () => {
    const used = await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 1_000);
    const unused = await storeSomeArtifact(openstack.swift, stagingSpec.kubernetes, 2_000, {
      commit: 'f'.repeat(40),
      madeAt: Date.now() - 3 * day,
    });
    const { id } = await releaseOf(used);

    await withStack(id, async () => {
      const { releases } = await inspectReleases({ choice: { cloud: 'playground' } }, tools, signal);

      expect(releases).toMatchObject([
        { id: used.id, bytes: 1_000, usedBy: ['staging'] },
        { id: unused.id, bytes: 2_000, usedBy: [], goesAt: unused.madeAt + keepMs },
      ]);
    });
  });
});
