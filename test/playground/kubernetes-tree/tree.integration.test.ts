import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProcess } from '../../../src/kubernetes/process.ts';
import { buildRelease } from '../../../src/kubernetes/release.ts';
import { createKubernetesTree } from '../../../src/playground/kubernetes-tree/tree.ts';
import { failureOf, TestRepository } from '../../kubernetes/support.ts';

/** The tree builds with nothing but make and tar. */
const needs = { docker: false, diskBytes: 0, memoryBytes: 0 };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-tree-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const commitOf = (path: string) => new TestRepository(path).git('rev-parse', 'v1.34.2^{commit}');

it('makes the same commit wherever and whenever it is made, and leaves one alone that is there', async () => {
  const first = await createKubernetesTree(join(directory, 'one'));
  const second = await createKubernetesTree(join(directory, 'deeper', 'two'));
  const again = await createKubernetesTree(join(directory, 'one'));

  expect(await commitOf(second.repository)).toBe(await commitOf(first.repository));
  expect(again).toEqual({ repository: join(directory, 'one'), tag: 'v1.34.2' });
  expect((await readdir(directory)).sort()).toEqual(['deeper', 'one']);
});

it('has a newer release to upgrade to, which its branch has not', async () => {
  const { repository } = await createKubernetesTree(join(directory, 'tree'));
  const git = new TestRepository(repository);

  expect(await git.git('describe', 'master')).toBe('v1.34.2');
  expect(await git.git('describe', 'v1.35.1')).toBe('v1.35.1');
});

it('is built as Kubernetes is, into tarballs that a node can use', async () => {
  const { repository, tag } = await createKubernetesTree(join(directory, 'tree'));
  const lines: string[] = [];

  const release = await buildRelease({
    repository,
    ref: tag,
    target: 'quick-release',
    platform: 'linux/amd64',
    variables: {},
    needs,
    directory: join(directory, 'data'),
    onProgress: () => undefined,
    onLine: (line) => lines.push(line),
  });

  expect(release.version).toBe('v1.34.2');
  expect(release.file.name).toBe('kubernetes-server-linux-amd64.tar.gz');
  expect(lines).toContain('k8s.io/kubernetes/cmd/kubelet');
  const unpacked = await unpack(release.file.path);
  expect(await readFile(join(unpacked, 'kubernetes/server/bin/kubelet'), 'utf8')).toContain('Kubernetes v1.34.2');
  expect(await readdir(join(unpacked, 'kubernetes/server/bin'))).toEqual(
    expect.arrayContaining(['kubeadm', 'kubectl']),
  );
});

it('gives the same bytes every time', async () => {
  const { repository, tag } = await createKubernetesTree(join(directory, 'tree'));
  const made = { repository, ref: tag, target: 'quick-release', platform: 'linux/amd64', variables: {}, needs };
  const options = { ...made, onProgress: () => undefined };

  const first = await buildRelease({ ...options, directory: join(directory, 'data-1') });
  const second = await buildRelease({ ...options, directory: join(directory, 'data-2') });

  expect(second.file.sha256).toBe(first.file.sha256);
});

it('has no version without tags, like Kubernetes', async () => {
  const { repository } = await createKubernetesTree(join(directory, 'tree'));
  await new TestRepository(repository).git('tag', '--delete', 'v1.34.2');

  const error = await failureOf(
    buildRelease({
      repository,
      ref: 'master',
      target: 'quick-release',
      platform: 'linux/amd64',
      variables: {},
      needs,
      directory: join(directory, 'data'),
      onProgress: () => undefined,
    }),
  );

  expect(error).toMatchObject({ code: 'build_failed', message: expect.stringContaining('no version') });
});

async function unpack(tarball: string): Promise<string> {
  const folder = await mkdtemp(join(directory, 'unpacked-'));
  await runProcess({
    command: 'tar',
    args: ['-xzf', tarball, '-C', folder],
    doing: 'Unpacking',
    env: { PATH: '/usr/bin:/bin' },
    deadlineMs: 10_000,
  });
  return folder;
}
