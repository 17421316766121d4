import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, UsageError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { updateMirror, type Wanted } from '../../src/kubernetes/mirror.ts';
import { runProcess } from '../../src/kubernetes/process.ts';
import { resolveRef } from '../../src/kubernetes/resolve-ref.ts';
import { createRepository, failureOf, TestRepository } from './support.ts';

let directory: string;
let source: TestRepository;
let first: string;
const context = { env: toolEnvironment(process.env) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-mirror-'));
  source = await createRepository(join(directory, 'source'));
  first = await source.commit({ 'README.md': 'one\n' });
  await source.git('tag', 'v1.34.2');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function mirrored(wanted: Wanted = {}, env = context.env): Promise<string> {
  return updateMirror(join(directory, 'mirrors'), source.path, { env }, wanted);
}

/** All refs of a repository, with what they lead to. */
async function refsOf(repository: string): Promise<string[]> {
  const refs = await new TestRepository(repository).git('for-each-ref', '--format=%(refname)');
  return refs.split('\n');
}

async function packsOf(mirror: string): Promise<string[]> {
  return (await readdir(join(mirror, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
}

/** A commit that no branch and no tag leads to. */
async function lostCommit(): Promise<string> {
  const lost = await source.commit({ 'README.md': 'lost\n' });
  await source.git('reset', '--quiet', '--hard', first);
  return lost;
}

describe('updateMirror', () => {
  it('brings what is new, moves what has moved and drops what is gone', async () => {
    await source.git('branch', 'old');
    const mirror = await mirrored();
    const second = await source.commit({ 'README.md': 'two\n' });
    await source.git('tag', '--force', 'v1.34.2');
    await source.git('branch', '--delete', '--force', 'old');

    await mirrored();

    expect(await resolveRef(mirror, 'v1.34.2', context)).toEqual({ commit: second, version: 'v1.34.2' });
    expect(await refsOf(mirror)).toEqual(['refs/heads/master', 'refs/tags/v1.34.2']);
  });

  it('follows a branch whose name became the name of a folder', async () => {
    await source.git('branch', 'feature');
    const mirror = await mirrored();
    await source.git('branch', '--delete', '--force', 'feature');
    await source.git('branch', 'feature/one');

    await mirrored();

    expect(await refsOf(mirror)).toContain('refs/heads/feature/one');
  });

  it('follows a branch that was rewritten', async () => {
    const lost = await source.commit({ 'README.md': 'two\n' });
    const mirror = await mirrored();
    await source.git('reset', '--quiet', '--hard', first);

    await mirrored();

    expect(await resolveRef(mirror, 'master', context)).toMatchObject({ commit: first });
    expect(await resolveRef(mirror, lost, context)).toMatchObject({ commit: lost });
  });

  it('may run several times side by side', async () => {
    const mirrors = await Promise.all([mirrored(), mirrored(), mirrored()]);

    expect(new Set(mirrors).size).toBe(1);
    expect(await resolveRef(mirrors[0], 'v1.34.2', context)).toMatchObject({ commit: first });
  });

  it('takes a relative directory as seen from here', async () => {
    const relative = join('..', '..', '..', '..', '..', '..', '..', '..', '..', directory, 'mirrors');

    expect(await updateMirror(relative, source.path, context)).toBe(await mirrored());
  });

  it.each([{ ref: '--upload-pack=x' }, { commit: '-x' }, { commit: 'abc1234' }])('refuses %j', async (wanted) => {
    expect(await failureOf(mirrored(wanted))).toBeInstanceOf(UsageError);
  });
});

describe('updateMirror, for a pull request', () => {
  it.each(['refs/pull/7/head', 'refs/merge-requests/7/head', 'refs/pull-requests/7/from'])(
    'brings the one that is wanted, kept as %s, and no other',
    async (name) => {
      await source.git('update-ref', name, first);
      await source.git('update-ref', name.replace('7', '70'), first);
      await source.git('update-ref', name.replace(/[^/]+$/, 'merge'), first);

      const mirror = await mirrored({ ref: 'pr/7' });

      expect(await refsOf(mirror)).toEqual(expect.arrayContaining([name]));
      expect(await refsOf(mirror)).toHaveLength(3);
    },
  );

  it('brings none without being asked', async () => {
    await source.git('update-ref', 'refs/pull/7/head', first);

    expect(await refsOf(await mirrored())).toEqual(['refs/heads/master', 'refs/tags/v1.34.2']);
  });

  it('follows it when it moves, also backwards', async () => {
    const second = await lostCommit();
    await source.git('update-ref', 'refs/pull/7/head', second);
    const mirror = await mirrored({ ref: 'pr/7' });
    await source.git('update-ref', 'refs/pull/7/head', first);

    await mirrored({ ref: 'PR/7' });

    expect(await resolveRef(mirror, 'pr/7', context)).toMatchObject({ commit: first });
  });

  it('leaves it to resolveRef to say that there is none', async () => {
    const mirror = await mirrored({ ref: 'pr/8' });

    expect(await failureOf(resolveRef(mirror, 'pr/8', context))).toMatchObject({
      code: 'usage',
      message: 'The repository has no pull request 8',
    });
  });
});

describe('updateMirror, for a commit', () => {
  it('brings one that no branch leads to by its hash, and keeps it', async () => {
    const lost = await lostCommit();

    const mirror = await mirrored({ ref: lost.toUpperCase() });

    expect(await resolveRef(mirror, lost, context)).toMatchObject({ commit: lost });
    expect(await refsOf(mirror)).toContain(`refs/commits/${lost}`);
  });

  it('brings the one that was approved when its branch was rewritten since', async () => {
    const lost = await lostCommit();

    const mirror = await mirrored({ ref: 'master', commit: lost });

    expect(await resolveRef(mirror, 'master', context, { commit: lost })).toMatchObject({ commit: lost });
  });

  it('leaves it to resolveRef to say that the server does not give it out', async () => {
    const lost = await lostCommit();
    const config = join(directory, 'gitconfig');
    await writeFile(config, '[protocol]\n version = 0\n');

    const mirror = await mirrored({ ref: lost }, { ...context.env, GIT_CONFIG_GLOBAL: config });

    expect(await failureOf(resolveRef(mirror, lost, context))).toBeInstanceOf(UsageError);
  });

  it('leaves it to resolveRef to say that there is none', async () => {
    const mirror = await mirrored({ ref: 'f'.repeat(40) });

    expect(await failureOf(resolveRef(mirror, 'f'.repeat(40), context))).toBeInstanceOf(UsageError);
  });

  it('asks nobody when the tag that was approved is here', async () => {
    const mirror = await mirrored();
    await rm(source.path, { recursive: true });

    const again = await mirrored({ ref: 'v1.34.2', commit: first });

    expect(again).toBe(mirror);
  });

  it('asks again when the tag that is here is not the one that was approved', async () => {
    await mirrored();
    const second = await source.commit({ 'README.md': 'two\n' });
    await source.git('tag', '--force', 'v1.34.2');

    const mirror = await mirrored({ ref: 'v1.34.2', commit: second });

    expect(await resolveRef(mirror, 'v1.34.2', context)).toMatchObject({ commit: second });
  });
});

describe('updateMirror, where a git was killed', () => {
  it('removes the locks and halves of packs that it left', async () => {
    const mirror = await mirrored();
    const leftovers = [
      'HEAD.lock',
      'config.lock',
      'packed-refs.lock',
      'shallow.lock',
      'gc.pid',
      'refs/heads/master.lock',
      'refs/tags/v1.34.2.lock',
      'objects/info/commit-graph.lock',
      'objects/pack/tmp_pack_a1b2c3',
      'objects/pack/.tmp-4711-pack-abc.pack',
      'objects/pack/pack-abc.keep',
    ];
    await Promise.all(leftovers.map((name) => writeFile(join(mirror, name), '')));
    const second = await source.commit({ 'README.md': 'two\n' });
    await source.git('tag', '--force', 'v1.34.2');

    await mirrored();

    expect(await resolveRef(mirror, 'v1.34.2', context)).toMatchObject({ commit: second });
    const left = await readdir(mirror, { recursive: true });
    expect(leftovers.filter((name) => left.includes(name))).toEqual([]);
  });

  it.each<[string, (mirror: string) => Promise<unknown>]>([
    ['a branch leads to a commit that is missing', (mirror) => writeRef(mirror, 'refs/heads/other', '1'.repeat(40))],
    ['a branch that the repository has leads nowhere', (mirror) => writeRef(mirror, 'refs/heads/master', '')],
    ['the list of refs is garbage', (mirror) => writeFile(join(mirror, 'packed-refs'), 'gar\0bage\n')],
    ['a pack is half written', (mirror) => truncatePack(mirror)],
    ['its objects are gone', (mirror) => rm(join(mirror, 'objects'), { recursive: true })],
    ['its configuration is garbage', (mirror) => writeFile(join(mirror, 'config'), '[co')],
    ['its HEAD is empty', (mirror) => writeFile(join(mirror, 'HEAD'), '')],
    ['something else is in its place', (mirror) => rm(mirror, { recursive: true }).then(() => writeFile(mirror, ''))],
  ])('makes a mirror anew of which %s', async (_, damage) => {
    const mirror = await mirrored();
    await damage(mirror);
    const second = await source.commit({ 'README.md': 'two\n' });

    await mirrored();

    expect(await refsOf(mirror)).toEqual(['refs/heads/master', 'refs/tags/v1.34.2']);
    expect(await resolveRef(mirror, 'master', context)).toMatchObject({ commit: second });
    expect(await readdir(join(directory, 'mirrors'))).toHaveLength(1);
  });

  it('removes what is left of a mirror that was being made anew', async () => {
    const mirror = await mirrored();
    await createRepository(`${mirror}.discarded`);
    await createRepository(`${mirror}.fresh`);

    await mirrored();

    expect(await readdir(join(directory, 'mirrors'))).toHaveLength(1);
  });

  it('keeps a mirror when it is the repository that cannot be read', async () => {
    const mirror = await mirrored();
    await rm(join(source.path, '.git', 'objects'), { recursive: true });

    const error = await failureOf(mirrored());

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(await readdir(join(directory, 'mirrors'))).toHaveLength(1);
    expect(await resolveRef(mirror, 'v1.34.2', context)).toMatchObject({ commit: first });
  });
});

describe('updateMirror, over months', () => {
  const fetchOften = `for i in $(seq 24); do
    git -C "$1" -c user.name=a -c user.email=a@b.invalid commit --quiet --allow-empty --message=$i &&
    git -C "$2" -c gc.auto=0 -c fetch.unpackLimit=1 fetch --quiet "$1" +refs/heads/*:refs/heads/* || exit 1; done`;

  it('joins packs when there are many', async () => {
    const mirror = await mirrored();
    const command = { command: 'sh', args: ['-c', fetchOften, 'sh', source.path, mirror], env: context.env };
    await runProcess({ ...command, doing: 'Fetching often', deadlineMs: 25_000 });
    const before = await packsOf(mirror);

    await mirrored();

    expect(before.length).toBeGreaterThan(20);
    expect((await packsOf(mirror)).length).toBeLessThan(20);
    expect(await resolveRef(mirror, 'v1.34.2', context)).toMatchObject({ commit: first });
  });

  it('has git do nothing in the background, whatever its configuration says', async () => {
    const config = join(directory, 'gitconfig');
    await writeFile(
      config,
      '[gc]\n auto = 1\n autoPackLimit = 1\n[maintenance]\n auto = true\n[fetch]\n writeCommitGraph = true\n',
    );
    const env = { ...context.env, GIT_CONFIG_GLOBAL: config };
    const mirror = await mirrored({}, env);
    await source.commit({ 'README.md': 'two\n' });

    await mirrored({}, env);

    expect(await packsOf(mirror)).toHaveLength(2);
    expect(await readdir(join(mirror, 'objects', 'info'))).toEqual([]);
  });
});

describe('updateMirror, in a format that every git reads', () => {
  it('is made, whatever the one of the worker prefers', async () => {
    const mirror = await mirrored({}, { ...context.env, GIT_DEFAULT_HASH: 'sha256' });

    expect(await resolveRef(mirror, 'v1.34.2', context)).toMatchObject({ commit: first });
  });
});

describe('updateMirror, where the repository cannot be had', () => {
  it('says which, and that it is of no use to try again', async () => {
    const error = await failureOf(updateMirror(join(directory, 'mirrors'), join(directory, 'nothing'), context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('nothing') });
  });

  it('says so of a server that does not answer', async () => {
    const error = await failureOf(
      updateMirror(join(directory, 'mirrors'), 'http://127.0.0.1:1/kubernetes.git', context),
    );

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({
      message: expect.stringContaining('127.0.0.1'),
      hint: expect.stringContaining('reaches'),
    });
  });

  it('says that a shallow repository has no version', async () => {
    await source.commit({ 'README.md': 'two\n' });
    await source.git('clone', '--quiet', '--depth=1', `file://${source.path}`, join(directory, 'shallow'));

    const error = await failureOf(updateMirror(join(directory, 'mirrors'), join(directory, 'shallow'), context));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({
      retryable: false,
      message: expect.stringContaining('no version: it is shallow'),
      hint: expect.stringContaining('--unshallow'),
    });
  });
});

function writeRef(mirror: string, ref: string, value: string): Promise<void> {
  return writeFile(join(mirror, ref), value === '' ? '' : `${value}\n`);
}

async function truncatePack(mirror: string): Promise<void> {
  for (const name of await packsOf(mirror)) {
    const path = join(mirror, 'objects', 'pack', name);
    await rm(path);
    await writeFile(path, 'PACK');
  }
}
