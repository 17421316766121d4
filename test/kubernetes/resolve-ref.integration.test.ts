import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, UsageError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { updateMirror, type Wanted } from '../../src/kubernetes/mirror.ts';
import { resolveRef } from '../../src/kubernetes/resolve-ref.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

let directory: string;
let source: TestRepository;
let first: string;
const context = { env: toolEnvironment(process.env) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-resolve-'));
  source = await createRepository(join(directory, 'source'));
  first = await source.commit({ 'README.md': 'one\n' });
  await source.git('tag', 'v1.34.2');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const mirrored = (wanted: Wanted = {}) => updateMirror(join(directory, 'mirrors'), source.path, context, wanted);

describe('resolveRef', () => {
  it('finds a tag, a branch and a commit, and describes each by the nearest tag', async () => {
    const second = await source.commit({ 'README.md': 'two\n' });
    const mirror = await mirrored();

    const found = await Promise.all(
      ['v1.34.2', 'master', second, first.slice(0, 10), first.slice(0, 10).toUpperCase()].map((ref) =>
        resolveRef(mirror, ref, context),
      ),
    );

    const version = `v1.34.2-1-g${second.slice(0, 14)}`;
    expect(found).toEqual([
      { commit: first, version: 'v1.34.2' },
      { commit: second, version },
      { commit: second, version },
      { commit: first, version: 'v1.34.2' },
      { commit: first, version: 'v1.34.2' },
    ]);
  });

  it('finds a pull request, described by the tag before it', async () => {
    const second = await source.commit({ 'README.md': 'two\n' });
    await source.git('update-ref', 'refs/pull/12345/head', second);
    await source.git('reset', '--quiet', '--hard', first);

    const found = await resolveRef(await mirrored({ ref: 'pr/12345' }), 'pr/12345', context);

    expect(found).toEqual({ commit: second, version: `v1.34.2-1-g${second.slice(0, 14)}` });
  });

  it('leads from an annotated tag to its commit', async () => {
    await source.git('tag', '--no-sign', '--annotate', '--message=release', 'v1.34.3');

    const found = await resolveRef(await mirrored(), 'v1.34.3', context);

    expect(found).toEqual({ commit: first, version: 'v1.34.3' });
  });

  it('prefers a tag to a branch, and both to a commit of that name', async () => {
    const second = await source.commit({ 'README.md': 'two\n' });
    const name = second.slice(0, 8);
    await source.git('branch', name, first);
    const withBranch = await resolveRef(await mirrored(), name, context);
    const third = await source.commit({ 'README.md': 'three\n' });
    await source.git('tag', name, third);

    const withTag = await resolveRef(await mirrored(), name, context);

    expect([withBranch.commit, withTag.commit]).toEqual([first, third]);
  });

  it('asks for more digits of a hash that several commits begin with', async () => {
    const digits = await makeCommitsAlike();

    const error = await failureOf(resolveRef(await mirrored(), digits, context));

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringContaining(`More than one commit begins with ${digits}`) });
  });

  it('tells the names that may have been meant when there is no such ref', async () => {
    const mirror = await mirrored();

    const error = await failureOf(resolveRef(mirror, 'v1.34.3', context));

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: 'The repository has no tag, branch or commit v1.34.3. Did you mean v1.34.2?',
      hint: expect.stringContaining('release-1.34'),
    });
  });

  it('refuses a ref before git sees it', async () => {
    expect(await failureOf(resolveRef('/nowhere', '--help', context))).toBeInstanceOf(UsageError);
  });

  it('refuses a commit that is none', async () => {
    expect(await failureOf(resolveRef('/nowhere', 'master', context, { commit: '--help' }))).toBeInstanceOf(UsageError);
  });

  it('does not take a mirror that is gone for one that lacks the ref', async () => {
    const error = await failureOf(resolveRef(join(directory, 'nothing.git'), 'master', context));

    expect(error).not.toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'process' });
  });

  it('has a mirror made anew in which a tag leads to nothing', async () => {
    const mirror = await mirrored();
    await writeFile(join(mirror, 'refs', 'tags', 'v1.34.2'), `${'1'.repeat(40)}\n`);

    const error = await failureOf(resolveRef(mirror, 'v1.34.2', context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('damaged') });
    expect(await resolveRef(await mirrored(), 'v1.34.2', context)).toEqual({ commit: first, version: 'v1.34.2' });
  });
});

describe('resolveRef, of the version', () => {
  it('explains a repository without a version tag', async () => {
    await source.git('tag', '--delete', 'v1.34.2');

    const error = await failureOf(resolveRef(await mirrored(), 'master', context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ hint: expect.stringContaining('git tags') });
  });

  it('refuses a version that Kubernetes’ scripts refuse', async () => {
    await source.commit({ 'README.md': 'two\n' });
    await source.git('tag', 'vendor/2025');

    const error = await failureOf(resolveRef(await mirrored(), 'vendor/2025', context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ message: expect.stringContaining('vendor/2025, which is none for Kubernetes') });
  });

  it.each(['v1.35.0-alpha.1', 'v1.34.2+vendor.1', 'v1.35'])('takes %s', async (version) => {
    await source.commit({ 'README.md': 'two\n' });
    await source.git('tag', version);

    expect(await resolveRef(await mirrored(), version, context)).toMatchObject({ version });
  });
});

describe('resolveRef, with an approved commit', () => {
  it('takes that one, wherever the branch leads by now', async () => {
    await source.commit({ 'README.md': 'two\n' });

    const found = await resolveRef(await mirrored(), 'master', context, { commit: first });

    expect(found).toEqual({ commit: first, version: 'v1.34.2' });
  });

  it('takes it also when the branch is gone', async () => {
    const mirror = await mirrored();

    const found = await resolveRef(mirror, 'gone', context, { commit: first });

    expect(found).toEqual({ commit: first, version: 'v1.34.2' });
  });

  it('says when it is gone, and to ask again', async () => {
    const error = await failureOf(resolveRef(await mirrored(), 'master', context, { commit: 'a'.repeat(40) }));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({
      message: expect.stringContaining('master meant commit aaaaaaaaaaaa when it was approved'),
      hint: expect.stringContaining('Ask again'),
      retryable: false,
    });
  });
});

/** Two commits whose hashes begin with the same seven digits. Their messages were found by trying. */
async function makeCommitsAlike(): Promise<string> {
  const tree = await source.git('hash-object', '-t', 'tree', '-w', '/dev/null');
  const who = 'Test <test@slipway.invalid> 1700000000 +0000';
  for (const message of ['1130', '28587']) {
    const file = join(directory, message);
    await writeFile(file, `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${message}\n`);
    await source.git('branch', `alike-${message}`, await source.git('hash-object', '-t', 'commit', '-w', file));
  }
  return '3771c7c';
}
