import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { lookUpRef } from '../../src/kubernetes/look-up-ref.ts';
import { updateMirror } from '../../src/kubernetes/mirror.ts';
import { runProcess } from '../../src/kubernetes/process.ts';
import { resolveRef } from '../../src/kubernetes/resolve-ref.ts';
import { git } from '../../src/kubernetes/run-git.ts';
import { createRepository, failureOf, type TestRepository } from './support.ts';

let directory: string;
let marker: string;
let source: TestRepository;
const context = { env: toolEnvironment(process.env) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-ref-'));
  marker = join(directory, 'marker');
  source = await createRepository(join(directory, 'source'));
  await source.commit({ 'README.md': 'one\n' });
  await source.git('tag', 'v1.34.2');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function isMarked(): Promise<boolean> {
  return access(marker).then(
    () => true,
    () => false,
  );
}

/** MARK stands for a command that leaves a file behind. */
const filled = (text: string) => text.replaceAll('MARK', `touch ${marker}`).replaceAll('MFILE', marker);

describe('a ref', () => {
  it.each([
    '--upload-pack=MARK',
    '--exec=MARK',
    '-uMARK',
    ';MARK',
    '$(MARK)',
    '`MARK`',
    '|MARK',
    'v1.34.2;MARK',
    'v1.34.2\nMARK',
    'v1.34.2\0MARK',
    '\uff0d\uff0dupload-pack=MARK',
    '../../../bin/sh',
    'refs/heads/$(MARK)',
    '@{-1}',
    ':/MARK',
  ])('such as %j is refused by all that take one, and runs nothing', async (text) => {
    const ref = filled(text);
    const mirrors = join(directory, 'mirrors');
    const mirror = await updateMirror(mirrors, source.path, context);

    const errors = await Promise.all([
      failureOf(lookUpRef(source.path, ref, context)),
      failureOf(updateMirror(mirrors, source.path, context, { ref })),
      failureOf(updateMirror(mirrors, source.path, context, { commit: ref })),
      failureOf(resolveRef(mirror, ref, context)),
      failureOf(resolveRef(mirror, 'master', context, { commit: ref })),
    ]);

    expect(errors.every((error) => error instanceof UsageError)).toBe(true);
    expect(await isMarked()).toBe(false);
  });
});

describe('the address of a repository', () => {
  it.each([
    'ext::sh -c MARK',
    'ext::touch%20MFILE',
    'fd::MARK',
    '--upload-pack=MARK',
    '-oProxyCommand=MARK',
    'ssh://-oProxyCommand=MARK/x',
    'ssh://-oProxyCommand=touch%20MFILE/x',
    'ssh://-oProxyCommand=touch@host.invalid/x',
    'git@-oProxyCommand=MARK:x',
    'git@host.invalid:$(MARK)',
    'ssh://host.invalid/x;MARK',
    'file:///x;MARK',
    'file:///x/../../$(MARK)',
    '/x;MARK',
    '/x`MARK`',
    'https://host.invalid/x\nMARK',
    '../x',
    '.',
  ])('such as %j is refused by all that take one, and runs nothing', async (text) => {
    const repository = filled(text);

    const errors = await Promise.all([
      failureOf(lookUpRef(repository, 'master', context)),
      failureOf(updateMirror(join(directory, 'mirrors'), repository, context)),
    ]);

    expect(errors.every((error) => error instanceof UsageError)).toBe(true);
    expect(await isMarked()).toBe(false);
  });

  it('could run a program, were it not for the environment that git gets', async () => {
    const listing = ['ls-remote', filled('ext::MARK')];
    const { GIT_ALLOW_PROTOCOL: _, ...unguarded } = context.env;
    const options = { doing: 'Listing', deadlineMs: 10_000 };

    await failureOf(git(listing, { ...options, env: context.env }));
    const guarded = await isMarked();
    const bare = { command: 'git', args: ['-c', 'protocol.ext.allow=always', ...listing], env: unguarded };
    await failureOf(runProcess({ ...bare, ...options }));

    expect([guarded, await isMarked()]).toEqual([false, true]);
  });

  it('may be a path with spaces, as it is or in a URL', async () => {
    const spaced = join(directory, 'my files');
    await source.git('clone', '--quiet', '--bare', source.path, spaced);

    const found = await Promise.all([
      lookUpRef(spaced, 'v1.34.2', context),
      lookUpRef(`file://${spaced.replaceAll(' ', '%20')}`, 'v1.34.2', context),
    ]);

    expect(found.map(({ kind }) => kind)).toEqual(['tag', 'tag']);
  });
});
