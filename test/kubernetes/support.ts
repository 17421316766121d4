import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** The error that something is expected to end in. */
export async function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    (value) => {
      throw new Error('a failure was expected', { cause: value });
    },
    (error: unknown) => error,
  );
}
