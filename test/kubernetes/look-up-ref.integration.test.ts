import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError, UsageError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { lookUpRef } from '../../src/kubernetes/look-up-ref.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

let directory: string;
let source: TestRepository;
let first: string;
let second: string;
const context = { env: toolEnvironment(process.env) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-look-up-'));
  source = await createRepository(join(directory, 'source'));
  first = await source.commit({ 'README.md': 'one\n' });
  await source.git('tag', 'v1.34.2');
  second = await source.commit({ 'README.md': 'two\n' });
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const lookUp = (ref: string, repository = source.path) => lookUpRef(repository, ref, context);

describe('lookUpRef', () => {
  it('finds a tag and a branch', async () => {
    expect(await lookUp('v1.34.2')).toEqual({ kind: 'tag', commit: first });
    expect(await lookUp('master')).toEqual({ kind: 'branch', commit: second });
  });

  it('leads from an annotated tag to its commit', async () => {
    await source.git('tag', '--no-sign', '--annotate', '--message=release', 'v1.34.3');

    expect(await lookUp('v1.34.3')).toEqual({ kind: 'tag', commit: second });
  });

  it.each(['refs/pull/7/head', 'refs/merge-requests/7/head', 'refs/pull-requests/7/from'])(
    'finds a pull request that is kept as %s',
    async (name) => {
      await source.git('update-ref', name, first);

      expect(await lookUp('pr/7')).toEqual({ kind: 'pull-request', commit: first });
    },
  );

  it('takes pr/7 for the pull request, also when a branch is called that', async () => {
    await source.git('update-ref', 'refs/pull/7/head', first);
    await source.git('branch', 'pr/7', second);

    expect(await lookUp('pr/7')).toEqual({ kind: 'pull-request', commit: first });
  });

  it('finds the commit that a tag or branch ends in, by its whole hash or the beginning', async () => {
    expect(await lookUp(second)).toEqual({ kind: 'commit', commit: second });
    expect(await lookUp(second.slice(0, 9).toUpperCase())).toEqual({ kind: 'commit', commit: second });
    expect(await lookUp(first.slice(0, 9))).toEqual({ kind: 'commit', commit: first });
  });

  it('cannot tell of a hash that nothing ends in, nor of one that is the tag itself', async () => {
    await source.git('tag', '--no-sign', '--annotate', '--message=release', 'v1.34.3');
    const tag = await source.git('rev-parse', 'v1.34.3');

    expect(await lookUp('f'.repeat(40))).toEqual({ kind: 'commit', commit: undefined });
    expect(await lookUp('fffffff')).toEqual({ kind: 'commit', commit: undefined });
    expect(await lookUp(tag)).toEqual({ kind: 'commit', commit: undefined });
  });

  it('prefers a tag to a branch, and both to a commit', async () => {
    const name = second.slice(0, 8);
    await source.git('branch', name, first);
    const withBranch = await lookUp(name);
    await source.git('tag', name, first);

    expect([withBranch.kind, (await lookUp(name)).kind]).toEqual(['branch', 'tag']);
  });

  it('tells the names that may have been meant', async () => {
    const error = await failureOf(lookUp('v1.34.3'));

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringContaining('Did you mean v1.34.2?') });
  });

  it('says that there is no such pull request', async () => {
    expect(await failureOf(lookUp('pr/8'))).toMatchObject({ message: 'The repository has no pull request 8' });
  });

  it('says which repository is none, and that it is of no use to ask again', async () => {
    const error = await failureOf(lookUp('master', join(directory, 'nothing')));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining(join(directory, 'nothing')) });
  });

  it('says that an SSH key is missing', async () => {
    const ssh = join(directory, 'ssh');
    await writeFile(ssh, '#!/bin/sh\necho "git@host.invalid: Permission denied (publickey)." >&2; exit 255\n', {
      mode: 0o755,
    });
    const env = { ...context.env, GIT_SSH_COMMAND: ssh };

    const error = await failureOf(lookUpRef('git@host.invalid:kubernetes.git', 'master', { env }));

    expect(error).toMatchObject({
      message: expect.stringContaining('publickey'),
      hint: expect.stringContaining('SSH key'),
    });
  });

  it('ends when it is cancelled while a server says nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const abort = new AbortController();
    const url = `http://127.0.0.1:${port}/kubernetes.git`;
    const looking = failureOf(lookUpRef(url, 'master', { ...context, signal: abort.signal }));
    const [socket]: Socket[] = await once(server, 'connection');

    abort.abort(new Error('cancelled'));

    expect(await looking).toMatchObject({ message: 'cancelled' });
    if (socket?.closed === false) await once(socket.resume(), 'close');
    server.close();
  });
});
