import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { putArtifactManifest, readArtifactManifest } from '../../jobs/release/artifact-store.ts';
import { artifactId } from '../../src/clusters/artifact.ts';
import type { BuiltKubernetes } from '../../src/clusters/cluster-spec.ts';
import { buildLogObject, releasesContainer } from '../../src/clusters/names.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { deleteObject, findObject, findObjectText, getObject } from '../../src/openstack/swift/objects.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import type { Deployments } from '../../src/store/deployments.ts';
import { keys } from '../../src/store/keys.ts';
import { Lease } from '../../src/store/lease.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { tapSwift } from '../contracts/swift-tap.ts';
import { createRepository, type TestRepository } from '../kubernetes/support.ts';
import { stagingKubernetes } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { type ReleaseSteps, type RunOptions, releaseSteps } from './release/support.ts';

const secret = 'a-password-of-somebody';

/** A machine that is busy with other things still starts a build within this. */
const soon = { timeout: 15_000 };

/** A mutex whose leases others had just before. */
class MutexAfter extends Mutex {
  readonly #others: () => Promise<unknown>;

  constructor(client: Redis, others: () => Promise<unknown>) {
    super(client);
    this.#others = others;
  }

  override async lease(...args: Parameters<Mutex['lease']>): ReturnType<Mutex['lease']> {
    await this.#others();
    return super.lease(...args);
  }
}

describe('Kubernetes that is built from source', () => {
  const log = silentLogger();
  let folder: string;
  let redis: Redis;
  let logs: BuildLogs;
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let tree: TestRepository;
  let commit: string;
  let kubernetes: BuiltKubernetes;

  beforeAll(async () => {
    cloud = await startCloud({ log });
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-build-'));
    redis = new Redis(await freshRedisUrl());
    logs = new BuildLogs(redis);
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    tree = await createRepository(join(folder, 'kubernetes'));
    commit = await tree.commit({ Makefile: makefile(folder), unique: folder });
    await tree.git('tag', 'v1.34.2');
    kubernetes = { ...stagingKubernetes, repository: tree.path, version: 'v1.34.2' };
  });
  afterEach(async () => {
    await openstack.close();
    redis.disconnect();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => cloud.close());

  /** A deployment on a worker with nothing on its disk, unless a folder is given. */
  async function stepsOf(more: Partial<RunOptions> = {}): Promise<ReleaseSteps> {
    const dataDir = await mkdtemp(join(folder, 'data-'));
    const tools = { mutex: new Mutex(redis), buildLogs: logs, secrets: [secret], dataDir, ...more.tools };
    return releaseSteps({ openstack, spec: { kubernetes }, commit, ...more, tools });
  }

  /** A deployment whose plan does not say which commit is meant. */
  function unplannedStepsOf(wanted: BuiltKubernetes): ReleaseSteps {
    const tools = { mutex: new Mutex(redis), buildLogs: logs, dataDir: join(folder, 'data') };
    return releaseSteps({ openstack, spec: { kubernetes: wanted }, tools });
  }

  /** How often make was run. */
  async function runs(): Promise<number> {
    return (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;
  }

  /** Lets make wait until the answer is called. */
  async function holdMake(): Promise<() => Promise<void>> {
    const hold = join(folder, 'hold');
    await writeFile(hold, '');
    return () => rm(hold);
  }

  it('is compiled, sent and described, with its log', async () => {
    const steps = await stepsOf();

    const built = await steps.build();

    expect(built).toMatchObject({
      version: 'v1.34.2',
      commit,
      made: true,
      object: { kind: 'kubernetes', name: 'kubernetes-server-linux-amd64.tar.gz' },
    });
    expect(built.stages?.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['fetch', 'compile']));
    const { stream } = await getObject(openstack.swift, releasesContainer, built.object.object);
    expect((await buffer(stream)).length).toBe(built.object.size);
    expect(await readArtifactManifest(openstack.swift, built.artifact)).toMatchObject({
      recipe: { source: 'build', commit, target: 'quick-release', platform: 'linux/amd64', variables: {} },
      deployment: steps.id,
      stages: built.stages,
      log: buildLogObject(steps.id),
    });
    const whole = await findObjectText(openstack.swift, releasesContainer, buildLogObject(steps.id));
    expect(whole).toContain('    k8s.io/kubernetes/cmd/kubelet (static)');
    expect(await logs.tail(steps.id, 400)).toContain('    k8s.io/kubernetes/cmd/kubelet (static)');
  });

  it('is built once by two deployments at the same time; the other says whose result it shares', async () => {
    const proceed = await holdMake();
    const [one, other] = [await stepsOf(), await stepsOf()];
    const first = one.build();
    await expect.poll(runs, soon).toBe(1);
    const second = other.build();
    await expect.poll(() => other.said.at(-1)?.text, soon).toContain('builds the same commit; sharing its result');

    await proceed();
    const results = await Promise.all([first, second]);

    expect(await runs()).toBe(1);
    expect(results.map(({ made }) => made)).toEqual([true, false]);
    expect(results[1]).toEqual({ ...results[0], made: false, stages: undefined });
    expect(other.said.at(-1)?.text).toBe(`${one.id} builds the same commit; sharing its result`);
  });

  it('is waited for by another deployment, which says how far it is', async () => {
    const id = artifactId({ source: 'build', commit, platform: 'linux/amd64', target: 'quick-release', variables: {} });
    const mutex = new Mutex(redis);
    await mutex.lease(`artifact:${await openstack.swift.endpoint()}:${id}`, { owner: 'production-1', attempt: 1 });
    const maker = { steps: { build: { progress: { text: 'compiling cmd/kubelet · 12 min' } } } };
    const deployments = { find: async (other: string) => (other === 'production-1' ? maker : undefined) };
    const steps = await stepsOf({ tools: { deployments: deployments as unknown as Deployments } });

    const look = await steps.look();

    expect(look).toEqual({ again: true, afterSeconds: 3 });
    expect(steps.said.at(-1)?.text).toBe(
      'production-1 builds the same commit; sharing its result (compiling cmd/kubelet · 12 min)',
    );
  });

  it('is not built again by a deployment that was about to when another one finished', async () => {
    const first = await stepsOf();
    const mutex = new MutexAfter(redis, () => first.build());
    const second = await stepsOf({ tools: { mutex } });

    const built = await second.build();

    expect(built.made).toBe(false);
    expect(await runs()).toBe(1);
  });

  it('is noted as used when that was long ago, so that nobody removes it', async () => {
    const { artifact } = await (await stepsOf()).build();
    const manifest = await readArtifactManifest(openstack.swift, artifact);
    if (manifest === undefined) throw new Error('there is no manifest');
    const longAgo = manifest.usedAt - 2 * 3_600_000;
    await putArtifactManifest(openstack.swift, { ...manifest, usedAt: longAgo });

    const again = await (await stepsOf()).build();

    expect(again).toMatchObject({ artifact, made: false });
    const { usedAt, ...rest } = (await readArtifactManifest(openstack.swift, artifact)) ?? manifest;
    expect(usedAt).toBeGreaterThanOrEqual(manifest.usedAt);
    expect({ ...rest, usedAt: manifest.usedAt }).toEqual(manifest);
  });

  it('is not built on a worker with nothing on its disk when Swift has it', async () => {
    const built = await (await stepsOf()).build();

    const again = await (await stepsOf()).build();

    expect(again).toMatchObject({ artifact: built.artifact, made: false, object: built.object });
    expect(again.stages).toBeUndefined();
    expect(await runs()).toBe(1);
  });

  it('is made anew when its object is gone, and differs with what makes it', async () => {
    const built = await (await stepsOf()).build();
    await deleteObject(openstack.swift, releasesContainer, built.object.object);

    const again = await (await stepsOf()).build();
    const debug = await (await stepsOf({ spec: { kubernetes: { ...kubernetes, variables: { DBG: '1' } } } })).build();

    expect(again).toMatchObject({ artifact: built.artifact, made: true });
    expect(debug.artifact).not.toBe(built.artifact);
    expect(await runs()).toBe(3);
  });

  it('is the commit of the plan, wherever its branch is by then', async () => {
    const newer = await tree.commit({ newer: 'yes' });
    const moved: BuiltKubernetes = { ...kubernetes, version: 'master' };

    const planned = await (await stepsOf({ spec: { kubernetes: moved } })).build();
    const unplanned = await unplannedStepsOf(moved).build();

    expect(planned).toMatchObject({ commit, version: 'v1.34.2' });
    expect(unplanned).toMatchObject({ commit: newer, version: expect.stringMatching(/^v1\.34\.2-1-g/) });
  });

  it('is looked for in the fetched source when the repository alone cannot tell the commit', async () => {
    const steps = unplannedStepsOf({ ...kubernetes, version: commit.slice(0, 10) });

    const built = await steps.build();

    expect(built).toMatchObject({ commit, version: 'v1.34.2' });
    expect(steps.said.map(({ text }) => text)).toContain(`building commit ${commit.slice(0, 12)}`);
  });

  it('does not begin where the engine is needed and silent: another build may be running there', async () => {
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME, DOCKER_HOST: 'tcp://127.0.0.1:1' };
    const wanted = { ...kubernetes, needs: { ...kubernetes.needs, docker: true } };
    const steps = await stepsOf({ spec: { kubernetes: wanted }, tools: { environment } });

    await expect(steps.look()).rejects.toMatchObject({
      code: 'build_failed',
      message: expect.stringMatching(/^Building Kubernetes v1\.34\.2 cannot start on \S+\. Docker: /),
      retryable: false,
    });
    expect(await redis.keys(keys.lease('engine:*'))).toEqual([]);
    expect(await runs()).toBe(0);
  });

  it('waits while another build has the engine, without holding a worker', async () => {
    const mutex = new Mutex(redis);
    const lease = await mutex.lease(`engine:host-${hostname()}`, { owner: 'production-1', attempt: 1 });
    const steps = await stepsOf();
    const id = artifactId({ source: 'build', commit, platform: 'linux/amd64', target: 'quick-release', variables: {} });

    const look = await steps.look();

    expect(look).toEqual({ again: true, afterSeconds: 5 });
    // Nobody else begins with the same meanwhile.
    expect(await redis.get(keys.lease(`artifact:${await openstack.swift.endpoint()}:${id}`))).toBe(`${steps.id}#1`);
    expect(steps.said.at(-1)?.text).toBe('waiting for another build on this Docker engine: production-1');
    expect(await runs()).toBe(0);
    if (lease instanceof Lease) await lease.release();
    expect(await steps.build()).toMatchObject({ made: true });
  });

  it('stops when somebody else has taken over, and leaves no checkout', async () => {
    await holdMake();
    const dataDir = join(folder, 'data');
    const mutex = new Mutex(redis, { leaseMs: 4_000 });
    const steps = await stepsOf({ tools: { dataDir, mutex } });
    const building = steps.build();
    building.catch(() => undefined);
    await expect.poll(runs, soon).toBe(1);

    await redis.set(keys.lease(`engine:host-${hostname()}`), 'staging-other#1');

    await expect(building).rejects.toMatchObject({ code: 'lease_lost', retryable: true });
    const id = artifactId({ source: 'build', commit, platform: 'linux/amd64', target: 'quick-release', variables: {} });
    expect(await readArtifactManifest(openstack.swift, id)).toBeUndefined();
    expect(await readdir(join(dataDir, 'builds/worktrees'))).toEqual([]);
  });

  it('is gone on with by the next attempt when a worker died with the leases', async () => {
    const dead = new Mutex(redis);
    const id = 'staging-dead';
    const name = `artifact:${await openstack.swift.endpoint()}`;
    const first = await stepsOf({ id });
    const { artifact } = await first.build();
    await deleteObject(openstack.swift, releasesContainer, `artifacts/${artifact}/manifest.json`);
    await dead.lease(`${name}:${artifact}`, { owner: id, attempt: 1 });
    await dead.lease(`engine:host-${hostname()}`, { owner: id, attempt: 1 });

    const next = await stepsOf({ id, attempt: 2 });

    expect(await next.build()).toMatchObject({ artifact, made: true });
  });

  it('keeps the log of a build that failed, tells the lines that matter, and no secret', async () => {
    await writeFile(join(folder, 'broken'), '');
    const steps = await stepsOf();

    const failing = steps.build();

    await expect(failing).rejects.toMatchObject({
      code: 'build_failed',
      excerpt: expect.arrayContaining(['cmd/kubelet/kubelet.go:10:2: undefined: nonsense']),
    });
    const whole = (await findObjectText(openstack.swift, releasesContainer, buildLogObject(steps.id))) ?? '';
    expect(whole).toContain('undefined: nonsense');
    const tail = await logs.tail(steps.id, 400);
    expect(tail).toContain('cmd/kubelet/kubelet.go:10:2: undefined: nonsense');
    expect([whole, ...tail, ...steps.said.map(({ text }) => text)].join('\n')).not.toContain(secret);
    expect(await runs()).toBe(1);
  });

  it('is sent again by the worker that has it when it is damaged on its way', async () => {
    const tap = await tapSwift(openstack);
    let sent = 0;
    tap.harm = ({ method, path }) => {
      const isTarball = method === 'PUT' && path.endsWith('.tar.gz');
      sent += isTarball ? 1 : 0;
      return isTarball && sent === 1 ? 'damage' : undefined;
    };

    const built = await (await stepsOf({ openstack: tap.openstack })).build();
    await tap.close();

    expect(built.made).toBe(true);
    expect(sent).toBe(2);
    expect(await runs()).toBe(1);
  });

  it('is not built again and again when the worker cannot keep what it has built', async () => {
    const dataDir = join(folder, 'data');
    await writeFile(join(folder, 'spoil'), join(dataDir, 'builds/releases'));
    const steps = await stepsOf({ tools: { dataDir } });

    const failing = steps.build();

    await expect(failing).rejects.toMatchObject({
      code: 'build_failed',
      message: expect.stringContaining(hostname()),
      hint: expect.stringContaining('DATA_DIR'),
      retryable: false,
    });
    expect(await runs()).toBe(1);
  });

  it('keeps the log of a build that was broken off, and the next deployment need not wait', async () => {
    const proceed = await holdMake();
    const steps = await stepsOf();
    const building = steps.build();
    building.catch(() => undefined);
    await expect.poll(async () => (await logs.tail(steps.id, 1)).length, soon).toBe(1);

    steps.stop();

    await expect(building).rejects.toThrow('shutting down');
    expect(await findObject(openstack.swift, releasesContainer, buildLogObject(steps.id))).toBeDefined();
    await proceed();
    expect(await (await stepsOf()).look()).toMatchObject({ made: true });
  });
});

/** A tree that builds in a moment. It writes down its runs, and waits or fails when the folder says so. */
function makefile(folder: string): string {
  return `
BIN := _output/stage/kubernetes/server/bin
TARS := _output/release-tars

quick-release:
	@echo run >>${folder}/runs
	@echo '+++ [0101 00:00:00] Building go targets for linux/amd64'
	@echo '    k8s.io/kubernetes/cmd/kubelet (static)'
	@echo 'a line with ${secret} in it'
	@while test -e ${folder}/hold; do sleep 0.05; done
	@if test -e ${folder}/spoil; then touch "$$(cat ${folder}/spoil)"; fi
	@if test -e ${folder}/broken; then echo 'cmd/kubelet/kubelet.go:10:2: undefined: nonsense' >&2; exit 2; fi
	@mkdir -p $(BIN) $(TARS)
	@for program in kubeadm kubectl kubelet; do echo "$$program" >$(BIN)/$$program; done
	@tar -C _output/stage -czf $(TARS)/kubernetes-server-linux-amd64.tar.gz kubernetes
`;
}
