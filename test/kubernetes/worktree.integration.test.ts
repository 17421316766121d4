import { access, chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { updateMirror } from '../../src/kubernetes/mirror.ts';
import { runProcess } from '../../src/kubernetes/process.ts';
import { withWorktree } from '../../src/kubernetes/worktree.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

let directory: string;
let source: TestRepository;
let mirror: string;
let path: string;
let first: string;
let second: string;
const context = { env: toolEnvironment(process.env) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-worktree-'));
  source = await createRepository(join(directory, 'source'));
  first = await source.commit({ 'README.md': 'one\n', '.gitignore': '/_output\n', 'hack/run.sh': '#!/bin/sh\n' });
  await source.git('tag', 'v1.34.2');
  second = await source.commit({ 'README.md': 'two\n' });
  mirror = await updateMirror(join(directory, 'mirrors'), source.path, context);
  path = join(directory, 'worktree');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** git as the scripts of Kubernetes call it, with nothing of ours. */
function gitIn(tree: string, ...args: readonly string[]): Promise<string> {
  const options = { command: 'git', args, cwd: tree, doing: 'Asking git', deadlineMs: 20_000 };
  return runProcess({ ...options, env: { ...context.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
}

describe('withWorktree', () => {
  it('checks the commit out and removes it afterwards', async () => {
    const files = await withWorktree(mirror, first, path, context, (tree) => readdir(tree));

    expect(files.sort()).toEqual(['.git', '.gitignore', 'README.md', 'hack']);
    expect(await readdir(directory)).not.toContain('worktree');
  });

  it('has all that Kubernetes’ scripts ask git for', async () => {
    const answers = await withWorktree(mirror, second, path, context, async (tree) => {
      await mkdir(join(tree, '_output'));
      const work = ['--work-tree', tree];
      return {
        commit: await gitIn(tree, ...work, 'rev-parse', 'HEAD^{commit}'),
        status: await gitIn(tree, ...work, 'status', '--porcelain'),
        version: await gitIn(tree, ...work, 'describe', '--tags', '--match=v*', '--abbrev=14', `${second}^{commit}`),
        branch: await failureOf(gitIn(tree, 'symbolic-ref', '--short', '-q', 'HEAD')),
        archive: await gitIn(tree, 'archive', '-o', join(directory, 'src.tar'), 'HEAD'),
      };
    });

    expect(answers).toEqual({
      commit: second,
      status: '',
      version: `v1.34.2-1-g${second.slice(0, 14)}`,
      branch: expect.objectContaining({ end: 'status', lines: [] }),
      archive: '',
    });
    expect((await stat(join(directory, 'src.tar'))).size).toBeGreaterThan(0);
  });

  it('is a repository that is whole in itself, as a container sees it that has nothing but the checkout', async () => {
    const version = await withWorktree(mirror, second, path, context, async (tree) => {
      expect((await lstat(join(tree, '.git'))).isDirectory()).toBe(true);
      expect(await readdir(join(tree, '.git', 'objects', 'info'))).not.toContain('alternates');
      await rm(mirror, { recursive: true });
      await rm(source.path, { recursive: true });
      return gitIn(tree, 'describe', '--tags');
    });

    expect(version).toMatch(/^v1\.34\.2-1-g/);
  });

  it('takes no room for the history: its objects are the mirror’s', async () => {
    const links = await withWorktree(mirror, second, path, context, async (tree) => {
      const packs = join(tree, '.git', 'objects', 'pack');
      const found = await Promise.all((await readdir(packs)).map((name) => stat(join(packs, name))));
      return found.map(({ nlink }) => nlink);
    });

    expect(links.length).toBeGreaterThan(0);
    expect(links.every((count) => count > 1)).toBe(true);
  });

  it('checks out a commit that no branch leads to', async () => {
    await source.git('update-ref', 'refs/pull/7/head', second);
    await source.git('reset', '--quiet', '--hard', first);
    await updateMirror(join(directory, 'mirrors'), source.path, context, { ref: 'pr/7' });

    const text = await withWorktree(mirror, second, path, context, (tree) => readFile(join(tree, 'README.md'), 'utf8'));

    expect(text).toBe('two\n');
  });

  it('keeps what is executable executable', async () => {
    const mode = await withWorktree(mirror, first, path, context, async (tree) => stat(join(tree, 'hack/run.sh')));

    expect(mode.mode & 0o111).toBe(0o111);
  });

  it('removes it as well when what was done there failed', async () => {
    await failureOf(withWorktree(mirror, first, path, context, () => Promise.reject(new Error('no'))));

    expect(await readdir(directory)).not.toContain('worktree');
  });

  it('removes folders that nobody may write to, such as Go’s module cache', async () => {
    await withWorktree(mirror, first, path, context, async (tree) => {
      const cache = join(tree, '_output', 'mod', 'k8s.io');
      await mkdir(cache, { recursive: true });
      await writeFile(join(cache, 'go.mod'), '');
      await chmod(cache, 0o555);
    });

    expect(await readdir(directory)).not.toContain('worktree');
  });

  it('takes the place of one that a dead process has left', async () => {
    await mkdir(join(path, '.git'), { recursive: true });
    await writeFile(join(path, 'half-done'), '');

    const files = await withWorktree(mirror, first, path, context, (tree) => readdir(tree));

    expect(files).not.toContain('half-done');
  });

  it('runs no hook that somebody put into a template or into git’s configuration', async () => {
    const marker = join(directory, 'marker');
    const hooks = join(directory, 'template', 'hooks');
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, 'post-checkout'), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    const config = join(directory, 'gitconfig');
    await writeFile(config, `[init]\n templateDir = ${join(directory, 'template')}\n[core]\n hooksPath = ${hooks}\n`);
    const hooked = { env: { ...context.env, GIT_CONFIG_GLOBAL: config } };

    await withWorktree(mirror, first, path, hooked, () => Promise.resolve());

    expect(await failureOf(access(marker))).toMatchObject({ code: 'ENOENT' });
  });

  it('has a mirror made anew in which it finds a hole', async () => {
    const objects = join(mirror, 'objects');
    const tree = await source.git('rev-parse', `${first}^{tree}`);
    await unpack(mirror);
    await rm(join(objects, tree.slice(0, 2), tree.slice(2)));

    const error = await failureOf(withWorktree(mirror, first, path, context, () => Promise.resolve()));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('damaged') });
    await updateMirror(join(directory, 'mirrors'), source.path, context);
    const files = await withWorktree(mirror, first, path, context, (checkout) => readdir(checkout));
    expect(files).toContain('README.md');
  });

  it('ends when it is cancelled, and leaves nothing', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));

    const error = await failureOf(withWorktree(mirror, first, path, { ...context, signal }, () => Promise.resolve()));

    expect(error).toMatchObject({ message: 'cancelled' });
    expect(await readdir(directory)).not.toContain('worktree');
  });
});

/** Every object into a file of its own, so that one of them can be lost. */
async function unpack(repository: string): Promise<void> {
  const packs = join(repository, 'objects', 'pack');
  const script = `mv "$1"/*.pack "$1/../../" && for pack in "$1"/../../*.pack; do git -C "$1/../.." unpack-objects -q <"$pack"; rm "$pack"; done; rm -f "$1"/*`;
  await runProcess({
    command: 'sh',
    args: ['-c', script, 'sh', packs],
    doing: 'Unpacking',
    env: context.env,
    deadlineMs: 20_000,
  });
}
