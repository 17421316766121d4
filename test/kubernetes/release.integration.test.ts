import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, UsageError } from '../../src/errors.ts';
import { type BuildOptions, buildRelease, findBuiltRelease } from '../../src/kubernetes/release.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

/** The contract of Kubernetes' build in a few lines; counts how often it ran. */
const makefile = `quick-release:
	@echo run >> "$(COUNT)"
	@echo '+++ Building kubelet'
	@$(BREAK)
	@mkdir -p _output/release-tars
	@echo "server $$KUBE_BUILD_PLATFORMS" > _output/release-tars/kubernetes-server-linux-amd64.tar.gz
	@echo client > _output/release-tars/kubernetes-client-linux-amd64.tar.gz
	@echo no tarball > _output/release-tars/README
`;

let directory: string;
let source: TestRepository;
let commit: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-release-'));
  source = await createRepository(join(directory, 'source'));
  commit = await source.commit({ Makefile: makefile });
  await source.git('tag', 'v1.34.2');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const data = () => join(directory, 'data');

function build(options: Partial<BuildOptions> = {}) {
  return buildRelease({
    repository: source.path,
    ref: 'v1.34.2',
    target: 'quick-release',
    directory: data(),
    onProgress: () => undefined,
    ...options,
    variables: { COUNT: join(directory, 'count'), BREAK: 'true', ...options.variables },
  });
}

async function runs(): Promise<number> {
  const text = await readFile(join(directory, 'count'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).length;
}

describe('a build', () => {
  it('answers version, commit and the tarballs with their digests', async () => {
    const release = await build();

    expect(release).toMatchObject({ version: 'v1.34.2', commit });
    expect(release.files.map(({ name }) => name)).toEqual([
      'kubernetes-client-linux-amd64.tar.gz',
      'kubernetes-server-linux-amd64.tar.gz',
    ]);
    for (const file of release.files) {
      const content = await readFile(file.path);
      expect(file).toMatchObject({
        size: content.length,
        md5: createHash('md5').update(content).digest('hex'),
        sha256: createHash('sha256').update(content).digest('hex'),
      });
    }
  });

  it('tells its stages in order, and keeps what make said', async () => {
    const stages: string[] = [];

    const { logFile } = await build({ onProgress: ({ stage }) => stages.push(stage) });

    expect([...new Set(stages)]).toEqual(['fetch', 'build', 'package']);
    expect(await readFile(logFile, 'utf8')).toContain('+++ Building kubelet');
  });

  it('leaves nothing but the release, the log and the copy of the repository', async () => {
    await build();

    expect((await readdir(data())).sort()).toEqual(['logs', 'mirrors', 'releases', 'worktrees']);
    expect(await readdir(join(data(), 'worktrees'))).toEqual([]);
    expect(await readdir(join(data(), 'releases'))).toHaveLength(1);
  });

  it('is found again instead of being done twice', async () => {
    const first = await build();

    const second = await build({ ref: 'master' });

    expect(second).toEqual(first);
    expect(await runs()).toBe(1);
  });

  it('is done once when two ask at the same time', async () => {
    const [first, second] = await Promise.all([build(), build()]);

    expect(second).toEqual(first);
    expect(await runs()).toBe(1);
  });

  it('is another one with other variables', async () => {
    const first = await build();

    const second = await build({ variables: { KUBE_BUILD_PLATFORMS: 'linux/amd64' } });

    expect(second.files[1]?.sha256).not.toBe(first.files[1]?.sha256);
    expect(await runs()).toBe(2);
  });

  it('is done again when a file of it was damaged', async () => {
    const { files } = await build();
    await truncate(files[0]?.path ?? '', 1);

    const again = await build();

    expect(await runs()).toBe(2);
    expect((await stat(again.files[0]?.path ?? '')).size).toBe(again.files[0]?.size);
  });

  it('gives a variable to make as it is, whatever make or a shell would see in it', async () => {
    const value = '$(shell touch HERE) `id` "quoted" ; $HOME';

    const { files } = await build({ variables: { KUBE_BUILD_PLATFORMS: value } });

    expect(await readFile(files[1]?.path ?? '', 'utf8')).toBe(`server ${value}\n`);
  });
});

describe('a build that does not work', () => {
  it('carries the last lines, leaves no release, and can be tried again', async () => {
    const variables = { BREAK: 'test ! -e "$(COUNT)" && false || { echo "undefined: foo" >&2; exit 1; }' };
    await source.commit({ Makefile: makefile.replace('@$(BREAK)', '@echo "undefined: foo" >&2; exit 1') });

    const error = await failureOf(build({ ref: 'master', variables }));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({
      message: expect.stringContaining('undefined: foo'),
      detail: { lines: expect.arrayContaining(['+++ Building kubelet', 'undefined: foo']) },
    });
    expect(await readdir(join(data(), 'worktrees'))).toEqual([]);
    await expect(build()).resolves.toMatchObject({ version: 'v1.34.2' });
  });

  it('says so when the tree has no such target', async () => {
    const error = await failureOf(build({ target: 'quick-releases' }));

    expect(error).toMatchObject({
      code: 'build_failed',
      message: expect.stringContaining('no make target quick-releases'),
    });
  });

  it('says so when there is no tarball in the end', async () => {
    await source.commit({ Makefile: 'quick-release:\n\t@true\n' });

    const error = await failureOf(build({ ref: 'master' }));

    expect(error).toMatchObject({ code: 'build_failed', message: expect.stringContaining('there is no _output') });
  });

  it('says which program is missing', async () => {
    const error = await failureOf(build({ environment: { PATH: join(directory, 'nothing') } }));

    expect(error).toMatchObject({ message: expect.stringMatching(/git is not installed/) });
  });

  it.each([
    [{ ref: '--help' }, /version to build/],
    [{ target: '-f/etc/passwd' }, /make target/],
    [{ variables: { 'X Y': '1' } }, /variable for make/],
    [{ variables: { X: 'a\nb' } }, /variable for make/],
  ])('refuses %j before anything runs', async (options, message) => {
    const error = await failureOf(build(options));

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    await expect(readdir(data())).rejects.toThrow('ENOENT');
  });

  it('stops on an abort, with nothing left but the log', async () => {
    await source.commit({ Makefile: makefile.replace('@$(BREAK)', '@sleep 600') });
    const abort = new AbortController();
    const onProgress = ({ line }: { line: string }) => line.includes('kubelet') && abort.abort(new Error('cancelled'));

    const error = await failureOf(build({ ref: 'master', signal: abort.signal, onProgress }));

    expect(error).toMatchObject({ message: 'cancelled' });
    expect(await readdir(join(data(), 'worktrees'))).toEqual([]);
    expect(await readdir(data())).not.toContain('build.lock');
  });
});

describe('findBuiltRelease', () => {
  const variables = {};

  it('finds nothing where nothing was built', async () => {
    expect(await findBuiltRelease(data(), { commit, target: 'quick-release', variables })).toBeUndefined();
  });

  it('does not mind in which order the variables are named', async () => {
    const built = await build({ variables: { A: '1', B: '2' } });
    const [COUNT, BREAK] = [join(directory, 'count'), 'true'];

    const found = await findBuiltRelease(data(), {
      commit,
      target: 'quick-release',
      variables: { B: '2', BREAK, A: '1', COUNT },
    });

    expect(found).toEqual(built);
  });
});
