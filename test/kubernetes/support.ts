import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { runProcess } from '../../src/kubernetes/process.ts';

/** A git repository to try things on. */
export class TestRepository {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async git(...args: readonly string[]): Promise<string> {
    const who = { name: 'Test', email: 'test@slipway.invalid' };
    const output = await runProcess({
      command: 'git',
      args: ['-C', this.path, '-c', `user.name=${who.name}`, '-c', `user.email=${who.email}`, ...args],
      doing: 'Preparing a repository',
      env: { ...toolEnvironment(), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      deadlineMs: 20_000,
    });
    return output.trim();
  }

  /** Writes files and commits them; answers the commit. */
  async commit(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, name)), { recursive: true });
      await writeFile(join(this.path, name), content);
      if (content.startsWith('#!')) await chmod(join(this.path, name), 0o755);
    }
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--no-gpg-sign', '--allow-empty', '--message=work');
    return this.git('rev-parse', 'HEAD');
  }
}

export async function createRepository(path: string): Promise<TestRepository> {
  await mkdir(path, { recursive: true });
  const repository = new TestRepository(path);
  await repository.git('init', '--quiet', '--initial-branch=master');
  return repository;
}

/** Which of the two ways of building a tree has: see test/fixtures/kubernetes/README.md. */
export type TreeGeneration = 'new' | 'old';

/** What a tree's build shall fail with. */
export type TreeFailure = 'compile' | 'memory' | 'oom' | 'disk' | 'pull' | 'image' | 'hang' | 'slow';

export interface Tree {
  /** Absolute path of the git repository. */
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
}

const fixtures = fileURLToPath(new URL('../fixtures/kubernetes/', import.meta.url));
const tags: Readonly<Record<TreeGeneration, string>> = { new: 'v1.35.0', old: 'v1.34.2' };

/** Makes a git repository in a directory with a tree that builds as Kubernetes does, and tags it. */
export async function createTree(
  generation: TreeGeneration,
  directory: string,
  { fail, tagged = true }: { fail?: TreeFailure; tagged?: boolean } = {},
): Promise<Tree> {
  const repository = await createRepository(directory);
  for (const part of ['shared', generation]) await cp(join(fixtures, part), directory, { recursive: true });
  const commit = await repository.commit(fail === undefined ? {} : { '.fixture-fail': `${fail}\n` });
  const tag = tags[generation];
  if (tagged) await repository.git('tag', '--no-sign', '--annotate', `--message=Kubernetes ${tag}`, tag);
  return { repository: directory, tag, commit };
}

/** The error that something is expected to end in. */
export async function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    (value) => {
      throw new Error('a failure was expected', { cause: value });
    },
    (error: unknown) => error,
  );
}
