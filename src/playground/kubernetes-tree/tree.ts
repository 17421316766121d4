import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from '../../kubernetes/process.ts';
import { buildScript, makefile, readme } from './makefile.ts';

/** A git repository that can be built as Kubernetes is. */
export interface KubernetesTree {
  /** Absolute path of the repository. */
  readonly repository: string;
  /** The tag to build. */
  readonly tag: string;
}

const tag = 'v1.34.2';
/** What a cluster of that tag can be upgraded to; the branch is not as far yet. */
const newerTag = 'v1.35.1';
/** Fixed, and with it the commit's hash: the same tree gives the same release wherever it is made. */
const date = '2026-01-01T00:00:00Z';

/**
 * Makes a tiny repository with Kubernetes' build contract in a directory of its own; one that is there already is left
 * as it is. Needs git; building it needs make, tar, gzip and sh.
 */
export async function createKubernetesTree(directory: string): Promise<KubernetesTree> {
  if (await exists(join(directory, '.git'))) return { repository: directory, tag };

  // Made under another name, so that a process which dies half-way leaves nothing that looks finished.
  const partial = `${directory}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, 'Makefile'), makefile);
  await writeFile(join(partial, 'build.sh'), buildScript);
  await writeFile(join(partial, 'README.md'), readme);
  await writeFile(join(partial, '.gitignore'), '/_output/\n');

  await git(partial, 'init', '--quiet', '--initial-branch=master');
  await git(partial, 'add', '--all');
  await release(partial, tag);
  await git(partial, 'checkout', '--quiet', '--detach');
  await release(partial, newerTag);
  await git(partial, 'checkout', '--quiet', 'master');
  await mkdir(dirname(directory), { recursive: true });
  await rename(partial, directory);
  return { repository: directory, tag };
}

async function release(directory: string, version: string): Promise<void> {
  const message = `--message=Kubernetes ${version}`;
  await git(directory, 'commit', '--quiet', '--allow-empty', '--no-gpg-sign', message);
  await git(directory, 'tag', '--no-sign', '--annotate', message, version);
}

/** Git without anybody's configuration, name or hooks. */
async function git(directory: string, ...args: readonly string[]): Promise<void> {
  await runProcess({
    command: 'git',
    args: ['-C', directory, ...args],
    doing: 'Making the playground’s Kubernetes tree',
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Slipway',
      GIT_AUTHOR_EMAIL: 'playground@slipway.invalid',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Slipway',
      GIT_COMMITTER_EMAIL: 'playground@slipway.invalid',
      GIT_COMMITTER_DATE: date,
    },
    deadlineMs: 60_000,
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
