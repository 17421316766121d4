import { access, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainBuild } from '../../src/kubernetes/explain-build.ts';
import { makeArguments } from '../../src/kubernetes/make-variables.ts';
import { runProcess } from '../../src/kubernetes/process.ts';
import { containerHashes } from '../../src/kubernetes/running-build.ts';
import { createTree, failureOf, TestRepository, type TreeGeneration } from './support.ts';

/** What the scripts run on the host, besides what a test takes away. */
const programs =
  'bash basename cat chmod cp cut date dirname env git grep id ln make md5sum mkdir mktemp rm sed sh sort tail tar tr uname wc which';

/** A docker that is there, has buildx and starts nothing: it writes down how it was called. */
const docker = '#!/bin/sh\necho "$*" >>"$0.calls"\ncase "$1" in inspect) exit 1 ;; cp) cat >/dev/null ;; esac\n';

const doing = 'Building Kubernetes v1.35.0';

let folder: string;
let bin: string;
let tree: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-tree-'));
  bin = join(folder, 'bin');
  tree = join(folder, 'kubernetes');
  await mkdir(bin);
  for (const name of programs.split(' ')) await symlink(await findProgram(name), join(bin, name));
  await install('docker', docker);
  await install('rsync', '#!/bin/sh\n');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a tree with Kubernetes’ build contract', () => {
  it.each([
    ['new', 'tar', undefined, /: there is no GNU tar$/],
    ['old', 'rsync', undefined, /: there is no rsync$/],
    ['new', 'docker', undefined, /: there is no docker in its PATH$/],
    ['old', 'docker', undefined, /: there is no docker in its PATH$/],
    ['new', 'docker', '#!/bin/sh\nexit 1\n', /: the Docker daemon does not answer, or refuses the user/],
    ['old', 'docker', '#!/bin/sh\n[ "$1" != buildx ]\n', /: Docker has no buildx$/],
  ] satisfies [TreeGeneration, string, string | undefined, RegExp][])(
    'of the %s generation says what is amiss with %s, and that is understood',
    async (generation, program, replacement, message) => {
      await createTree(generation, tree);
      await rm(join(bin, program));
      if (replacement !== undefined) await install(program, replacement);
      if (program === 'tar') await install('tar', '#!/bin/sh\necho "bsdtar 3.7.2 - libarchive 3.7.2"\n');

      const failure = await explained();

      expect(failure).toMatchObject({ message: expect.stringMatching(message) });
    },
  );

  it('refuses a tag that is no version, and says so before anything is made', async () => {
    await createTree('new', tree, { tagged: false });
    await new TestRepository(tree).git('tag', '--no-sign', 'v1.35_custom');

    const failure = await explained();

    expect(failure).toMatchObject({ message: expect.stringContaining('git calls this commit v1.35_custom') });
    expect(await calls()).not.toContain('run ');
  });

  it.each([
    ['a tag', [], /^v1\.35\.0$/],
    ['commits after a tag', ['commit'], /^v1\.35\.0-1\+[0-9a-f]{14}$/],
    ['commits after an alpha', ['commit', 'tag v1.36.0-alpha.1', 'commit'], /^v1\.36\.0-alpha\.1\.1\+[0-9a-f]{14}$/],
    ['files that git does not know', ['file'], /^v1\.35\.0-dirty$/],
  ])('calls %s by its version', async (_, steps, version) => {
    await createTree('new', tree);
    await follow(steps);

    await failureOf(make());

    const saved = await readFile(join(tree, '.dockerized-kube-version-defs'), 'utf8');
    expect(/KUBE_GIT_VERSION='(.*)'/.exec(saved)?.[1]).toMatch(version);
  });

  it.each([
    ['new', /^run --name=kube-build-(\w{10})-6 /m],
    ['old', /^run --name=kube-build-(\w{10})-5-v1\.31\.0-go1\.22\.6-bullseye\.0 /m],
  ] satisfies [TreeGeneration, RegExp][])(
    'of the %s generation names its container after host name and place, as they are given',
    async (generation, pattern) => {
      await createTree(generation, tree);
      await new TestRepository(tree).git('checkout', '--quiet', '--detach');

      await failureOf(make());

      const hash = pattern.exec(await calls())?.[1];
      expect(hash).toBe(containerHashes({ hostname: 'slipway-0123456789ab', tree })[0]);
      expect(await calls()).toContain('--hostname=slipway-0123456789ab');
    },
  );

  it('hands variables into the container as they were given', async () => {
    await createTree('new', tree);

    await failureOf(make(...makeArguments({ GOFLAGS: '-v -tags=a$b,c', KUBE_CROSS_IMAGE: 'example.org/cross' })));

    expect(await calls()).toContain('--env GOFLAGS=-v -tags=a$b,c --env');
    expect(await calls()).toMatch(/ example\.org\/cross:v1\.35\.0-go1\.25\.6-bullseye\.0 sh /);
  });

  it('gives programs their version in a clone of its own, and none in a linked worktree', async () => {
    await createTree('new', tree);
    const repository = new TestRepository(tree);
    await repository.git('clone', '--quiet', '--', tree, join(folder, 'clone'));
    await repository.git('worktree', 'add', '--quiet', '--detach', join(folder, 'linked'));

    const [cloned, linked] = [await compiled('clone'), await compiled('linked')];

    expect(cloned).toContain("'Kubernetes v1.35.0'");
    expect(linked).toContain("'Kubernetes v0.0.0-master+$Format:%H$'");
  });

  it('does not compile in a clone that borrows its objects, and that is understood', async () => {
    await createTree('new', tree);
    await new TestRepository(tree).git('clone', '--quiet', '--shared', '--', tree, join(folder, 'shared'));

    const failure = explain(await failureOf(compiled('shared')));

    expect(failure).toMatchObject({ message: expect.stringContaining('git does not read the repository') });
  });
});

/** What stands in a program after the script of the container has run in a folder, which it otherwise sees alone. */
async function compiled(name: string): Promise<string> {
  const cwd = join(folder, name);
  await writeFile(join(cwd, '.dockerized-kube-version-defs'), "KUBE_GIT_VERSION='v1.35.0'\n");
  await runProcess({
    command: 'sh',
    args: ['hack/make-rules/build.sh', 'cmd/kubelet'],
    doing,
    cwd,
    env: { PATH: bin, KUBE_OUTPUT_SUBPATH: '_output/dockerized', KUBE_BUILD_PLATFORMS: 'linux/amd64' },
    deadlineMs: 20_000,
  });
  return readFile(join(cwd, '_output/dockerized/bin/linux/amd64/kubelet'), 'utf8');
}

async function findProgram(name: string): Promise<string> {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(directory, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`${name} is not installed`);
}

async function install(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), script, { mode: 0o755 });
}

function make(...args: readonly string[]): Promise<string> {
  return runProcess({
    command: join(bin, 'make'),
    args: ['quick-release', 'KUBE_BUILD_PLATFORMS=linux/amd64', ...args],
    doing,
    cwd: tree,
    env: { PATH: bin, HOME: folder, HOSTNAME: 'slipway-0123456789ab', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
    deadlineMs: 20_000,
  });
}

async function explained(): Promise<unknown> {
  return explain(await failureOf(make()));
}

function explain(error: unknown): unknown {
  return explainBuild(error, { doing, ref: 'v1.35.0', target: 'quick-release', logFile: '/x' });
}

async function calls(): Promise<string> {
  return readFile(join(bin, 'docker.calls'), 'utf8').catch(() => '');
}

async function follow(steps: readonly string[]): Promise<void> {
  const repository = new TestRepository(tree);
  for (const step of steps) {
    if (step === 'commit') await repository.commit({});
    else if (step === 'file') await cp(join(tree, 'Makefile'), join(tree, 'Makefile.old'));
    else await repository.git('tag', '--no-sign', step.replace('tag ', ''));
  }
}
