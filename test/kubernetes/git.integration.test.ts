import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, UsageError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { resolveRef, updateMirror, withWorktree } from '../../src/kubernetes/git.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

let directory: string;
let source: TestRepository;
let first: string;
const context = { env: toolEnvironment() };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-git-'));
  source = await createRepository(join(directory, 'source'));
  first = await source.commit({ 'README.md': 'one\n' });
  await source.git('tag', 'v1.34.2');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const mirrored = () => updateMirror(join(directory, 'mirrors'), source.path, context);

describe('resolveRef', () => {
  it('finds a tag, a branch and a commit, and describes each by the nearest tag', async () => {
    const second = await source.commit({ 'README.md': 'two\n' });
    const mirror = await mirrored();

    const found = await Promise.all(
      ['v1.34.2', 'master', second, first.slice(0, 10)].map((ref) => resolveRef(mirror, ref, context)),
    );

    const version = `v1.34.2-1-g${second.slice(0, 14)}`;
    expect(found).toEqual([
      { commit: first, version: 'v1.34.2' },
      { commit: second, version },
      { commit: second, version },
      { commit: first, version: 'v1.34.2' },
    ]);
  });

  it('leads from an annotated tag to its commit', async () => {
    await source.git('tag', '--no-sign', '--annotate', '--message=release', 'v1.34.3');

    expect(await resolveRef(await mirrored(), 'v1.34.3', context)).toEqual({
      commit: first,
      version: expect.any(String),
    });
  });

  it('says what to check when there is no such ref', async () => {
    const error = await failureOf(resolveRef(await mirrored(), 'v9.9.9', context));

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: expect.stringContaining('v9.9.9'),
      hint: expect.stringContaining('v1.34.2'),
    });
  });

  it('refuses a ref before git sees it', async () => {
    expect(await failureOf(resolveRef('/nowhere', '--help', context))).toBeInstanceOf(UsageError);
  });

  it('explains a repository without a version tag', async () => {
    await source.git('tag', '--delete', 'v1.34.2');

    const error = await failureOf(resolveRef(await mirrored(), 'master', context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ hint: expect.stringContaining('git tags') });
  });
});

describe('updateMirror', () => {
  it('brings what is new, moves what has moved and drops what is gone', async () => {
    await source.git('branch', 'old');
    const mirror = await mirrored();
    const second = await source.commit({ 'README.md': 'two\n' });
    await source.git('tag', '--force', 'v1.34.2');
    await source.git('branch', '--delete', '--force', 'old');

    await mirrored();

    expect(await resolveRef(mirror, 'v1.34.2', context)).toEqual({ commit: second, version: 'v1.34.2' });
    expect(await failureOf(resolveRef(mirror, 'old', context))).toBeInstanceOf(UsageError);
  });

  it('leaves pull requests where they are', async () => {
    await source.git('update-ref', 'refs/pull/1/head', first);

    const mirror = await mirrored();

    const refs = await readdir(join(mirror, 'refs'));
    expect(refs).not.toContain('pull');
  });

  it('may run several times side by side', async () => {
    const mirrors = await Promise.all([mirrored(), mirrored(), mirrored()]);

    expect(new Set(mirrors).size).toBe(1);
    expect(await resolveRef(mirrors[0], 'v1.34.2', context)).toMatchObject({ commit: first });
  });

  it('may be tried again when the repository cannot be reached, and says which', async () => {
    const error = await failureOf(updateMirror(join(directory, 'mirrors'), join(directory, 'nothing'), context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('nothing') });
  });
});

describe('withWorktree', () => {
  it('checks the commit out, where git still finds the tags, and removes it afterwards', async () => {
    const mirror = await mirrored();
    const path = join(directory, 'worktree');

    const files = await withWorktree(mirror, first, path, context, (tree) => readdir(tree));

    expect(files.sort()).toEqual(['.git', 'README.md']);
    expect(await readdir(directory)).not.toContain('worktree');
    expect(await source.git('--git-dir', mirror, 'worktree', 'list')).not.toContain(path);
  });

  it('removes it as well when what was done there failed', async () => {
    const mirror = await mirrored();
    const path = join(directory, 'worktree');

    await failureOf(withWorktree(mirror, first, path, context, () => Promise.reject(new Error('no'))));

    expect(await readdir(directory)).not.toContain('worktree');
  });

  it('takes the place of one that a dead process has left', async () => {
    const mirror = await mirrored();
    const path = join(directory, 'worktree');
    await source.git('--git-dir', mirror, 'worktree', 'add', '--detach', path, first);
    await writeFile(join(path, 'half-done'), '');

    const files = await withWorktree(mirror, first, path, context, (tree) => readdir(tree));

    expect(files).not.toContain('half-done');
  });
});
