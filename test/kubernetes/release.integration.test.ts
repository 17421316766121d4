import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, UsageError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { runProcess } from '../../src/kubernetes/process.ts';
import { type BuildOptions, buildRelease, findBuiltRelease } from '../../src/kubernetes/release.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

let directory: string;
let source: TestRepository;
let commit: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'slipway-release-')));
  source = await createRepository(join(directory, 'source'));
  commit = await source.commit({ Makefile: makefile() });
  await source.git('tag', 'v1.34.2');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const data = () => join(directory, 'data');
const needs = { docker: false, diskBytes: 0, memoryBytes: 0 };

/** The contract of Kubernetes' build in a few lines; writes down every run outside of the tree. */
function makefile({
  middle = 'true',
  programs = ['kubeadm', 'kubectl', 'kubelet'],
  pack = 'tar -czf _output/release-tars/kubernetes-server-linux-amd64.tar.gz -C stage kubernetes',
} = {}): string {
  const steps = [
    `echo "run $$HOSTNAME" >> ${join(directory, 'runs')}`,
    `echo '+++ [1122 10:00:00] Building go targets for linux/amd64'`,
    `echo '    k8s.io/kubernetes/cmd/kubelet (static)'`,
    middle,
    'mkdir -p _output/release-tars stage/kubernetes/server/bin',
    ...programs.map(
      (name) => `echo '${name} for '"$$KUBE_BUILD_PLATFORMS $$GOLDFLAGS" > stage/kubernetes/server/bin/${name}`,
    ),
    `echo '+++ [1122 10:00:01] Building tarball: server linux-amd64'`,
    pack,
  ];
  return `quick-release:\n${steps.map((step) => `\t@${step}\n`).join('')}`;
}

function build(options: Partial<BuildOptions> = {}) {
  return buildRelease({
    repository: source.path,
    ref: 'v1.34.2',
    target: 'quick-release',
    platform: 'linux/amd64',
    directory: data(),
    needs,
    variables: {},
    onProgress: () => undefined,
    ...options,
  });
}

async function runs(): Promise<string[]> {
  const text = await readFile(join(directory, 'runs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

function tar(...args: string[]): Promise<string> {
  return runProcess({ command: 'tar', args, doing: 'Unpacking', env: toolEnvironment(), deadlineMs: 10_000 });
}

describe('a build', () => {
  it('answers version, commit and the server tarball with its digests', async () => {
    const release = await build();

    expect(release).toMatchObject({ version: 'v1.34.2', commit });
    const { file } = release;
    const content = await readFile(file.path);
    expect(file).toMatchObject({
      name: 'kubernetes-server-linux-amd64.tar.gz',
      size: content.length,
      md5: createHash('md5').update(content).digest('hex'),
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(await tar('-xzOf', file.path, 'kubernetes/server/bin/kubelet')).toBe('kubelet for linux/amd64');
  });

  it('tells its stages in order and how long they took, and keeps what make said', async () => {
    const stages: string[] = [];
    const lines: string[] = [];
    const targets: (string | undefined)[] = [];
    const onProgress: BuildOptions['onProgress'] = ({ stage, target }) => {
      stages.push(stage);
      targets.push(target);
    };

    const release = await build({ onProgress, onLine: (line) => lines.push(line) });

    expect([...new Set(stages)].filter((stage) => stage !== 'images')).toEqual(['fetch', 'compile', 'package']);
    expect(targets).toContain('cmd/kubelet');
    expect(release.stages.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['fetch', 'compile', 'package']));
    const log = await readFile(release.logFile, 'utf8');
    expect(log).toMatch(
      /^# Kubernetes v1\.34\.2, commit [0-9a-f]{40}: make quick-release KUBE_BUILD_PLATFORMS=linux\/amd64$/m,
    );
    expect(log).toContain('Building tarball: server linux-amd64');
    expect(lines.every((line) => log.includes(line))).toBe(true);
  });

  it('has a host name of its own each time, that its containers are named by', async () => {
    await build();
    await build({ variables: { GOLDFLAGS: '-v' } });

    const names = await runs();
    expect(names).toEqual([
      expect.stringMatching(/^run slipway-[0-9a-f]{12}$/),
      expect.stringMatching(/^run slipway-/),
    ]);
    expect(new Set(names).size).toBe(2);
  });

  it('leaves nothing but the release, the log and the copy of the repository', async () => {
    await build();

    expect((await readdir(data())).sort()).toEqual(['logs', 'mirrors', 'releases', 'running', 'worktrees']);
    expect(await readdir(join(data(), 'worktrees'))).toEqual([]);
    expect(await readdir(join(data(), 'running'))).toEqual([]);
    expect(await readdir(join(data(), 'releases'))).toHaveLength(1);
  });

  it('is found again instead of being done twice', async () => {
    const first = await build();

    const second = await build({ ref: 'master' });

    expect(second).toEqual(first);
    expect(await runs()).toHaveLength(1);
  });

  it('is done once when two ask at the same time', async () => {
    const [first, second] = await Promise.all([build(), build()]);

    expect(second).toEqual(first);
    expect(await runs()).toHaveLength(1);
  });

  it('is another one with other variables, in whatever order they are named', async () => {
    const first = await build({ variables: { GOFLAGS: '-v', KUBE_VERBOSE: '2' } });
    const same = await build({ variables: { KUBE_VERBOSE: '2', GOFLAGS: '-v' } });
    const other = await build({ variables: { GOFLAGS: '-v', GOLDFLAGS: '-s' } });

    expect(same).toEqual(first);
    expect(other.file.sha256).not.toBe(first.file.sha256);
    expect(await runs()).toHaveLength(2);
  });

  it('is done again when its tarball was damaged', async () => {
    const { file } = await build();
    await truncate(file.path, 1);

    const again = await build();

    expect(await runs()).toHaveLength(2);
    expect((await stat(again.file.path)).size).toBe(again.file.size);
  });

  it('gives a variable to make as it is, whatever make would see in it', async () => {
    const { file } = await build({ variables: { GOLDFLAGS: "-X k8s.io/a.b='$HOME c'" } });

    const text = await tar('-xzOf', file.path, 'kubernetes/server/bin/kubelet');
    expect(text).toBe("kubelet for linux/amd64 -X k8s.io/a.b='$HOME c'");
  });

  it('takes the commit that was approved, wherever the branch leads by now', async () => {
    await source.commit({ Makefile: makefile({ middle: 'exit 1' }) });

    expect(await build({ ref: 'master', commit })).toMatchObject({ commit, version: 'v1.34.2' });
  });

  it('is found again by its commit also when the repository is gone', async () => {
    const first = await build();
    await rm(source.path, { recursive: true });

    expect(await build({ commit })).toEqual(first);
  });

  it('shows no secret, neither in the log nor to whoever listens', async () => {
    const said: string[] = [];
    await source.commit({ Makefile: makefile({ middle: 'echo https://bob:hunter2@git.test/ and opensesame' }) });

    const { logFile } = await build({
      ref: 'master',
      secrets: ['opensesame'],
      onLine: (line) => said.push(line),
      onProgress: ({ line }) => said.push(line),
    });

    const everything = [...said, await readFile(logFile, 'utf8')].join('\n');
    expect(everything).toContain('https://[secret]@git.test/ and [secret]');
    expect(everything).not.toMatch(/hunter2|opensesame/);
  });

  it('keeps the newest three releases', async () => {
    for (const GOFLAGS of ['-a', '-b', '-c', '-d']) await build({ variables: { GOFLAGS } });

    expect(await readdir(join(data(), 'releases'))).toHaveLength(3);
    await build({ variables: { GOFLAGS: '-d' } });
    expect(await runs()).toHaveLength(4);
  });
});

describe('a build that does not work', () => {
  it('carries the lines that matter, leaves no release, and can be tried again', async () => {
    await source.commit({ Makefile: makefile({ middle: "{ echo 'cmd/x.go:1:2: undefined: foo' >&2; exit 1; }" }) });

    const error = await failureOf(build({ ref: 'master' }));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({
      detail: { logFile: expect.stringMatching(/\.log$/) },
      excerpt: expect.arrayContaining(['cmd/x.go:1:2: undefined: foo']),
    });
    expect(await readdir(join(data(), 'worktrees'))).toEqual([]);
    expect(await readdir(join(data(), 'running'))).toEqual([]);
    await expect(build()).resolves.toMatchObject({ version: 'v1.34.2' });
  });

  it('says so when the tree has no such target', async () => {
    const error = await failureOf(build({ target: 'quick-releases' }));

    expect(error).toMatchObject({ code: 'build_failed', message: expect.stringContaining('quick-releases') });
  });

  it('says so when there is no tarball in the end', async () => {
    await source.commit({ Makefile: makefile({ pack: 'true' }) });

    const error = await failureOf(build({ ref: 'master' }));

    expect(error).toMatchObject({
      code: 'build_failed',
      message: expect.stringContaining('there is no _output/release-tars/kubernetes-server-linux-amd64.tar.gz'),
    });
  });

  it('says what nodes would miss in the tarball', async () => {
    await source.commit({ Makefile: makefile({ programs: ['kubectl'] }) });

    const error = await failureOf(build({ ref: 'master' }));

    expect(error).toMatchObject({ code: 'build_failed', message: expect.stringMatching(/no kubeadm, no kubelet$/) });
  });

  it('says so when the tarball is none', async () => {
    const pack = 'echo no > _output/release-tars/kubernetes-server-linux-amd64.tar.gz';
    await source.commit({ Makefile: makefile({ pack }) });

    const error = await failureOf(build({ ref: 'master' }));

    expect(error).toMatchObject({ code: 'build_failed', message: expect.stringContaining('cannot be read') });
  });

  it('is ended when it takes too long, or says nothing any more', async () => {
    await source.commit({ Makefile: makefile({ middle: 'sleep 600' }) });

    const slow = await failureOf(build({ ref: 'master', deadlineMs: 500 }));
    const silent = await failureOf(build({ ref: 'master', inactivityMs: 500 }));

    expect(slow).toMatchObject({ code: 'build_failed', message: expect.stringContaining('500 ms') });
    expect(silent).toMatchObject({ code: 'build_failed', message: expect.stringContaining('500 ms') });
  });

  it('does not start where there is not room enough for it', async () => {
    const error = await failureOf(build({ needs: { docker: false, diskBytes: 1e18, memoryBytes: 1e18 } }));

    expect(error).toMatchObject({
      code: 'build_failed',
      message: expect.stringMatching(/cannot start on .*Disk.*Memory/),
    });
    expect(await runs()).toEqual([]);
  });

  it('says which program is missing', async () => {
    const error = await failureOf(build({ environment: { PATH: join(directory, 'nothing') } }));

    expect(error).toMatchObject({ message: expect.stringMatching(/git is not installed/) });
  });

  it.each([
    [{ ref: '--help' }, /version to build/],
    [{ ref: '$(reboot)' }, /version to build/],
    [{ commit: '--upload-pack=x' }, /commit/],
    [{ target: '-f/etc/passwd' }, /make target/],
    [{ target: 'a;b' }, /make target/],
    [{ platform: 'linux/../..' }, /platform/],
    [{ variables: { 'X Y': '1' } }, /variable/],
    [{ variables: { SHELL: '/bin/evil' } }, /variable SHELL/],
    [{ variables: { GOFLAGS: 'a\nb' } }, /variable GOFLAGS/],
  ])('refuses %j before anything runs', async (options, message) => {
    const error = await failureOf(build(options));

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    await expect(readdir(data())).rejects.toThrow('ENOENT');
  });

  it('stops on an abort, with nothing left but the log', async () => {
    await source.commit({ Makefile: makefile({ middle: 'sleep 600' }) });
    const abort = new AbortController();
    const onLine = (line: string) => line.includes('kubelet') && abort.abort(new Error('cancelled'));

    const error = await failureOf(build({ ref: 'master', signal: abort.signal, onLine }));

    expect(error).toMatchObject({ message: 'cancelled' });
    expect(await readdir(join(data(), 'worktrees'))).toEqual([]);
    expect(await readdir(join(data(), 'running'))).toEqual([]);
    expect(await readdir(data())).not.toContain('build.lock');
  });
});

describe('findBuiltRelease', () => {
  it('finds nothing where nothing was built', async () => {
    const key = { commit, platform: 'linux/amd64', target: 'quick-release', variables: {} };

    expect(await findBuiltRelease(data(), key)).toBeUndefined();
    const built = await build();
    expect(await findBuiltRelease(data(), key)).toEqual(built);
    expect(await findBuiltRelease(data(), { ...key, platform: 'linux/arm64' })).toBeUndefined();
  });

  it('does not find one whose tarball has other bytes by now', async () => {
    const { file } = await build();
    const content = await readFile(file.path);
    content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;

    await writeFile(file.path, content);

    const key = { commit, platform: 'linux/amd64', target: 'quick-release', variables: {} };
    expect(await findBuiltRelease(data(), key)).toBeUndefined();
  });
});
