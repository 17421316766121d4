import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readArtifactManifest } from '../../jobs/release/artifact-store.ts';
import { putJson } from '../../jobs/release/json-object.ts';
import { readReleaseManifest } from '../../jobs/release/release-store.ts';
import type { ClusterSpec, FirstBootSpec, ReleasedKubernetes } from '../../src/clusters/cluster-spec.ts';
import { artifactManifestObject, releaseManifestObject, releasesContainer } from '../../src/clusters/names.ts';
import { releaseId } from '../../src/clusters/release.ts';
import type { BuildResult } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { createContainer } from '../../src/openstack/swift/containers.ts';
import { deleteObject, findObject, getObject, listObjects } from '../../src/openstack/swift/objects.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { keys } from '../../src/store/keys.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { eventually } from '../contracts/support.ts';
import { type Tap, tapSwift } from '../contracts/swift-tap.ts';
import { compileSource } from '../support/compile.ts';
import { stagingSpec } from '../support/fixtures.ts';
import { type Mirror, startMirror } from '../support/mirror.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { type ReleaseSteps, releaseSteps } from './release/support.ts';

const tarball = 'kubernetes-server-linux-amd64.tar.gz';
const largestObject = 100_000;

/** A mutex that others were in just before. */
class MutexAfter extends Mutex {
  readonly #others: () => Promise<void>;

  constructor(client: Redis, others: () => Promise<void>) {
    super(client);
    this.#others = others;
  }

  override async run<Result>(...args: Parameters<typeof Mutex.prototype.run<Result>>): Promise<Result> {
    await this.#others();
    return super.run(...args);
  }
}

describe('an official release in Swift', () => {
  const log = silentLogger();
  let folder: string;
  let redisUrl: string;
  let redis: Redis;
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let tap: Tap;
  let mirror: Mirror;
  let patch = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-publish-'));
    redisUrl = await freshRedisUrl();
    redis = new Redis(redisUrl);
    cloud = await startCloud({ log, largestObject });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    tap = await tapSwift(openstack);
    mirror = await startMirror(Buffer.alloc(0));
  });
  beforeEach(() => {
    tap.passed.length = 0;
    mirror.asked.length = 0;
  });
  afterEach(() => {
    tap.harm = () => undefined;
  });
  afterAll(async () => {
    mirror.close();
    await tap.close();
    await openstack.close();
    await cloud.close();
    redis.disconnect();
    await rm(folder, { recursive: true, force: true });
  });

  interface Released {
    readonly kubernetes: ReleasedKubernetes;
    readonly content: Buffer;
  }

  /** A version of its own on the mirror. */
  function released(size: number): Released {
    patch += 1;
    const content = randomBytes(size);
    const version = `v1.34.${patch}`;
    mirror.paths.set(`/${version}/${tarball}`, (response) => response.writeHead(200).end(content));
    const kubernetes: ReleasedKubernetes = {
      source: 'release',
      version,
      platform: 'linux/amd64',
      mirror: mirror.url,
      sha512: sha512(content),
    };
    return { kubernetes, content };
  }

  /** A new worker with nothing on its disk, unless a folder is given. */
  async function stepsOf(
    { kubernetes }: Released,
    more: Partial<{
      firstBoot: FirstBootSpec;
      network: ClusterSpec['network'];
      states: string;
      dataDir: string;
      mutex: Mutex;
    }> = {},
  ): Promise<ReleaseSteps> {
    const { firstBoot = { files: [] }, network = stagingSpec.network, states = resolve('templates/salt') } = more;
    const dataDir = more.dataDir ?? (await mkdtemp(join(folder, 'data-')));
    const tools = { mutex: more.mutex ?? new Mutex(redis), dataDir, states };
    return releaseSteps({ openstack: tap.openstack, spec: { kubernetes, firstBoot, network }, tools });
  }

  /** States of its own, so that they are sent. */
  async function statesOf(version: string): Promise<string> {
    const states = await mkdtemp(join(folder, 'states-'));
    await writeFile(join(states, 'top.sls'), `base: {} # ${version}\n`);
    return states;
  }

  async function built(release: Released): Promise<BuildResult> {
    return (await stepsOf(release)).build();
  }

  async function stored(object: string): Promise<Buffer> {
    return buffer((await getObject(openstack.swift, releasesContainer, object)).stream);
  }

  it('is fetched and stored once, in one piece when it is small; the manifest comes last', async () => {
    const release = released(60_000);
    const first = await stepsOf(release);

    const made = await first.build();
    const puts = tap.putsInto(releasesContainer, '');
    const again = await built(release);

    expect(made).toMatchObject({ version: release.kubernetes.version, made: true, object: { kind: 'kubernetes' } });
    expect(again).toEqual({ ...made, made: false });
    expect(puts).toEqual([made.object.object, artifactManifestObject(made.artifact)]);
    expect(tap.putsInto(releasesContainer, '')).toEqual(puts);
    expect(mirror.asked).toEqual([`/${release.kubernetes.version}/${tarball}`]);
    expect(release.content.equals(await stored(made.object.object))).toBe(true);
    expect(first.said.at(-1)).toEqual({ text: `sending ${tarball} to Swift`, done: 60_000, total: 60_000 });
  });

  it('is stored in segments when Swift takes no object of that size, and known again', async () => {
    const release = released(350_000);

    const { object } = await built(release);
    tap.passed.length = 0;
    await built(release);

    expect(tap.putsInto(releasesContainer, '')).toEqual([]);
    expect(await findObject(openstack.swift, releasesContainer, object.object)).toMatchObject({
      size: 350_000,
      segmented: true,
      contentType: 'application/gzip',
      metadata: { sha256: object.sha256 },
    });
    expect(release.content.equals(await stored(object.object))).toBe(true);
  });

  it('is made whole again when a segment was lost', async () => {
    const release = released(250_000);
    const { object } = await built(release);
    const [first] = await listObjects(openstack.swift, releasesContainer, { prefix: `segments/${object.object}` });
    await deleteObject(openstack.swift, releasesContainer, first?.name ?? '');
    tap.passed.length = 0;

    const again = await built(release);

    expect(again.made).toBe(true);
    expect(tap.putsInto(releasesContainer, 'segments/')).toEqual([first?.name]);
    expect(release.content.equals(await stored(object.object))).toBe(true);
  });

  it.each([
    ['is gone', undefined],
    ['is no manifest', { any: 'thing' }],
    ['is another artifact’s', { id: 'another' }],
  ])('is made anew when its manifest %s', async (_how, damage) => {
    const release = released(1_000);
    const { artifact, object } = await built(release);
    const manifest = await readArtifactManifest(openstack.swift, artifact);
    const at = artifactManifestObject(artifact);
    if (damage === undefined) await deleteObject(openstack.swift, releasesContainer, at);
    else await putJson(openstack.swift, at, 'id' in damage ? { ...manifest, ...damage } : damage, undefined);
    tap.passed.length = 0;

    const again = await built(release);

    expect(again.made).toBe(true);
    expect(tap.putsInto(releasesContainer, '')).toEqual([at]);
    expect(release.content.equals(await stored(object.object))).toBe(true);
  });

  it('is taken from the world when its container is open', async () => {
    await createContainer(openstack.swift, releasesContainer);
    const headers = { 'x-container-read': '.r:*' };
    await openstack.swift.call('POST', [releasesContainer], { doing: 'Opening a container', ok: [204], headers });

    const { object } = await built(released(1000));

    const url = `${await openstack.swift.endpoint()}/${releasesContainer}/${object.object}`;
    expect((await fetch(url)).status).toBe(401);
  });

  it('is one fetch and one upload for two deployments at the same time; the other says whose result it shares', async () => {
    const release = released(150_000);
    const answer = mirror.paths.get(`/${release.kubernetes.version}/${tarball}`);
    const held: (() => void)[] = [];
    mirror.paths.set(`/${release.kubernetes.version}/${tarball}`, (response) => held.push(() => answer?.(response)));
    const [one, other] = [await stepsOf(release), await stepsOf(release)];
    const building = one.build();
    await eventually(async () => held[0], 20);
    const sharing = other.build();
    await eventually(async () => other.said[0], 20);

    for (const proceed of held) proceed();
    const results = await Promise.all([building, sharing]);

    expect(results.map(({ made }) => made)).toEqual([true, false]);
    expect(mirror.asked).toHaveLength(1);
    expect(tap.putsInto(releasesContainer, 'artifacts/').filter((name) => name.endsWith('manifest.json'))).toHaveLength(
      1,
    );
    expect(other.said.map(({ text }) => text)).toEqual([`${one.id} fetches the same release; sharing its result`]);
  });

  it('is published with the Salt states and the files that clusters.yaml names, each sent once', async () => {
    const release = released(1_000);
    const local = join(folder, 'cni.tgz');
    const [salt, plugins] = [randomBytes(2_000), randomBytes(3_000)];
    await writeFile(local, plugins);
    mirror.paths.set('/salt/onedir.tar.gz', (response) => response.writeHead(200).end(salt));
    const firstBoot: FirstBootSpec = {
      salt: { url: `${mirror.url}/salt/onedir.tar.gz`, sha512: sha512(salt) },
      files: [{ name: 'cni-plugins.tgz', file: local, sha512: sha512(plugins) }],
    };
    const first = await stepsOf(release, { firstBoot });

    const published = await first.publish(await first.build());
    const puts = tap.putsInto(releasesContainer, '');
    const second = await stepsOf(release, { firstBoot });
    await rm(local);
    const again = await second.publish(await second.build());

    expect(published).toMatchObject({ container: releasesContainer, sent: 4 });
    expect(published.objects.map(({ kind, name }) => [kind, name])).toEqual([
      ['kubernetes', tarball],
      ['states', 'kubernetes-salt.tar.gz'],
      ['salt', 'salt-onedir.tar.gz'],
      ['file', 'cni-plugins.tgz'],
    ]);
    expect(puts.at(-1)).toBe(releaseManifestObject(published.release));
    expect(again).toEqual({ ...published, sent: 0 });
    expect(tap.putsInto(releasesContainer, '')).toEqual(puts);
    expect(mirror.asked.filter((path) => path.startsWith('/salt'))).toHaveLength(1);
    for (const { object, size, sha256 } of published.objects) {
      const content = await stored(object);
      expect({ size: content.length, sha256: digest('sha256', content) }).toEqual({ size, sha256 });
    }
    expect(await readReleaseManifest(openstack.swift, published.release)).toMatchObject({
      version: release.kubernetes.version,
      objects: published.objects,
    });
  });

  it('is published with the manifest of a network plugin, under the name that the states look for', async () => {
    const release = released(1_000);
    const file = join(folder, 'calico-v3.yaml');
    const manifest = Buffer.from('kind: DaemonSet\n');
    await writeFile(file, manifest);
    const plugin = { name: 'calico', manifest: { file, sha512: sha512(manifest) } } as const;
    const steps = await stepsOf(release, { network: { ...stagingSpec.network, plugin } });

    const { objects } = await steps.publish(await steps.build());

    const published = objects.find(({ name }) => name === 'cni-calico.yaml');
    expect(published).toMatchObject({ kind: 'file', size: manifest.length });
    expect(await stored(published?.object ?? '')).toEqual(manifest);
  });

  it('sends a file again whose object is gone', async () => {
    const release = released(1_000);
    const file = join(folder, 'gone.bin');
    const content = randomBytes(1_000);
    await writeFile(file, content);
    const firstBoot = { files: [{ name: 'gone.bin', file, sha512: sha512(content) }] };
    const steps = await stepsOf(release, { firstBoot });
    const { objects } = await steps.publish(await steps.build());
    const object = objects.at(-1)?.object ?? '';
    await deleteObject(openstack.swift, releasesContainer, object);

    const again = await steps.publish(await steps.build());

    expect(again).toMatchObject({ objects, sent: 2 });
    expect(content.equals(await stored(object))).toBe(true);
  });

  it('names the key of clusters.yaml when a file is gone or another one', async () => {
    const file = join(folder, 'wrong.bin');
    await writeFile(file, 'something');
    const wanted = sha512(Buffer.from('something else'));
    const gone = { name: 'gone.bin', file: join(folder, 'nowhere.bin'), sha512: wanted };
    const wrong = { name: 'wrong.bin', file, sha512: wanted };
    const salt = { url: `${mirror.url}/nowhere.tar.xz`, sha512: wanted };

    const publishing = async (firstBoot: FirstBootSpec) => {
      const steps = await stepsOf(released(100), { firstBoot });
      return steps.publish(await steps.build());
    };

    await expect(publishing({ files: [gone] })).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining('firstBoot.files[0]'),
    });
    await expect(publishing({ files: [wrong] })).rejects.toMatchObject({
      code: 'file_digest',
      message: expect.stringContaining('firstBoot.files[0]'),
    });
    await expect(publishing({ salt, files: [] })).rejects.toMatchObject({
      code: 'download',
      message: expect.stringContaining('firstBoot.salt'),
    });
  });

  it('is not published when what was built is gone from Swift by then', async () => {
    const steps = await stepsOf(released(1_000));
    const made = await steps.build();
    await deleteObject(openstack.swift, releasesContainer, made.object.object);

    await expect(steps.publish(made)).rejects.toMatchObject({
      code: 'artifact_gone',
      hint: expect.stringContaining('Ask for the cluster again'),
    });
  });

  it('is published by the next try when somebody removes a part of it meanwhile', async () => {
    const mutex = new MutexAfter(redis, () => deleteObject(openstack.swift, releasesContainer, part));
    const release = released(1_000);
    const made = await built(release);
    const states = await statesOf(release.kubernetes.version);
    const { objects } = await (await stepsOf(release, { states })).publish(made);
    const part = objects.find(({ kind }) => kind === 'states')?.object ?? '';
    await deleteObject(openstack.swift, releasesContainer, releaseManifestObject(releaseId(made.version, objects)));
    const steps = await stepsOf(release, { states, mutex });

    await expect(steps.publish(made)).rejects.toMatchObject({ code: 'object_gone', retryable: true });
    const again = await (await stepsOf(release, { states })).publish(made);

    expect(again.objects).toEqual(objects);
    expect(await findObject(openstack.swift, releasesContainer, part)).toBeDefined();
  });

  describe('whose worker is killed', () => {
    let program: string;
    const children = new Set<ChildProcess>();

    afterEach(() => {
      for (const child of children) child.kill('SIGKILL');
      children.clear();
    });

    beforeAll(async () => {
      const compiled = await mkdtemp(join(folder, 'compiled-'));
      program = await compileSource('test/jobs/release/release-process.ts', compiled);
    }, 60_000);

    it.each([
      ['before its container is made', (path: string) => path === releasesContainer],
      ['while segments are on their way', (path: string) => path.endsWith('/00000004')],
      [
        'before its segments are put together',
        (path: string) => /artifacts\/[^/]+\/[^/]+\/kubernetes-server.*gz$/.test(path),
      ],
      ['before the manifest of the artifact', (path: string) => /artifacts\/[^/]+\/manifest\.json$/.test(path)],
      ['before the states are sent', (path: string) => path.endsWith('/kubernetes-salt.tar.gz')],
      ['before a file is noted', (path: string) => path.includes('files/index/')],
      ['before the manifest of the release', (path: string) => /releases\/[^/]+\/manifest\.json$/.test(path)],
    ])(
      '%s, the next one goes on and nothing is made twice',
      async (_when, at) => {
        const release = released(8 * largestObject);
        const content = randomBytes(5_000);
        const file = join(folder, `${release.kubernetes.version}.bin`);
        await writeFile(file, content);
        const states = await statesOf(release.kubernetes.version);
        const spec = {
          kubernetes: release.kubernetes,
          firstBoot: { files: [{ name: 'file.bin', file, sha512: sha512(content) }] },
        };
        const dataDir = await mkdtemp(join(folder, 'data-'));
        const start = (attempt: number): ChildProcess => {
          const deployment = JSON.stringify({ id: `staging-${release.kubernetes.version}`, attempt, spec });
          const args = [program, cloud.cloudsFile, tap.address, redisUrl, dataDir, states, deployment];
          const child = spawn(process.execPath, args, { stdio: 'inherit' });
          children.add(child);
          return child;
        };
        let held = false;
        tap.harm = ({ method, path }) => {
          if (method !== 'PUT' || !at(path)) return undefined;
          held = true;
          return 'hold';
        };
        await emptyAndDelete(releasesContainer);

        const killed = start(1);
        await eventually(async () => {
          if (killed.exitCode !== null) throw new Error('the process ended before it could be killed');
          return held ? true : undefined;
        }, 20);
        killed.kill('SIGKILL');
        await once(killed, 'exit');
        tap.harm = () => undefined;
        await aMinutePasses();
        const [status] = await once(start(2), 'exit');

        expect(status).toBe(0);
        const puts = tap.putsInto(releasesContainer, '').filter((object) => object !== '');
        // What was on its way at the kill is put twice; in segments, up to three of them.
        expect(puts.length - new Set(puts).size).toBeLessThanOrEqual(3);
        expect(mirror.asked).toHaveLength(1);
        const steps = await stepsOf(release, { firstBoot: spec.firstBoot, states, dataDir });
        tap.passed.length = 0;
        const published = await steps.publish(await steps.build());
        expect(published.sent).toBe(0);
        expect(tap.putsInto(releasesContainer, '')).toEqual([]);
        for (const { object, sha256 } of published.objects) expect(digest('sha256', await stored(object))).toBe(sha256);
      },
      60_000,
    );

    /** In which a mutex runs out that the dead had. Its leases are its deployment's own. */
    async function aMinutePasses(): Promise<void> {
      for (const key of await redis.keys(keys.mutex('*'))) await redis.del(key);
    }

    async function emptyAndDelete(container: string): Promise<void> {
      for (const { name } of await listObjects(openstack.swift, container)) {
        await deleteObject(openstack.swift, container, name);
      }
      await openstack.swift.delete([container], { doing: 'Deleting a container', ok: [204] });
    }
  });
});

function digest(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}

function sha512(content: Buffer): string {
  return digest('sha512', content);
}
