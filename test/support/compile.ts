import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Compiles one source file and what it imports into `folder`, for tests that need a process of their own, and answers
 * the path of its JavaScript. `source` is relative to the repository: src/playground/redis/redis.ts.
 */
export async function compileSource(source: string, folder: string): Promise<string> {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    outDir: join(folder, 'out'),
    rootDir: resolve('.'),
    typeRoots: [resolve('node_modules/@types')],
  };
  await writeFile(
    config,
    JSON.stringify({ extends: resolve('tsconfig.json'), compilerOptions, files: [resolve(source)], include: [] }),
  );
  await run(resolve('node_modules/.bin/tsc'), ['-p', config], { timeout: 60_000 });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  return join(folder, 'out', source.replace(/\.ts$/, '.js'));
}
