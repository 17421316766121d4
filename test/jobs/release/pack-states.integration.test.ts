import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packStates } from '../../../jobs/release/pack-states.ts';
import { ConfigError } from '../../../src/errors.ts';

const run = promisify(execFile);

let directory: string;
let states: string;
let archive: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-states-'));
  archive = join(directory, 'kubernetes-salt.tar.gz');
  states = await folderOf('states', ['top.sls', 'a/init.sls', 'a/files/run.sh', 'b/init.sls']);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** A folder with small files of these names, made in that order. */
async function folderOf(name: string, files: readonly string[]): Promise<string> {
  const folder = join(directory, name);
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), `# ${file}\n`);
  }
  return folder;
}

async function packed(folder: string): Promise<Buffer> {
  await packStates(folder, archive);
  return readFile(archive);
}

async function problemsOf(packing: Promise<void>): Promise<readonly string[]> {
  const error = await packing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error('nothing was complained about', { cause: error });
  return error.problems;
}

describe('packStates', () => {
  it('writes what tar unpacks into one folder, with the modes that matter', async () => {
    await chmod(join(states, 'a/files/run.sh'), 0o700);

    await packStates(states, archive);

    const { stdout } = await run('tar', ['-tvzf', archive]);
    const lines = stdout.trim().split('\n');
    const members = lines.map((line) => [line.slice(0, 10), line.split(' ').at(-1)]);
    expect(members).toEqual([
      ['drwxr-xr-x', 'salt/'],
      ['drwxr-xr-x', 'salt/a/'],
      ['drwxr-xr-x', 'salt/a/files/'],
      ['-rwxr-xr-x', 'salt/a/files/run.sh'],
      ['-rw-r--r--', 'salt/a/init.sls'],
      ['drwxr-xr-x', 'salt/b/'],
      ['-rw-r--r--', 'salt/b/init.sls'],
      ['-rw-r--r--', 'salt/top.sls'],
    ]);
    await run('tar', ['-xzf', archive, '-C', directory]);
    expect(await readFile(join(directory, 'salt/a/init.sls'), 'utf8')).toBe('# a/init.sls\n');
  });

  it('gives the same bytes for the same files, wherever, whenever and by whomever they were made', async () => {
    const first = await packed(states);
    const other = await folderOf('other', ['b/init.sls', 'a/init.sls', 'a/files/run.sh', 'top.sls']);
    await chmod(join(other, 'top.sls'), 0o660);
    await utimes(join(other, 'top.sls'), 1, 1);
    await writeFile(join(other, '.DS_Store'), 'left by a file manager');

    const second = await packed(other);

    expect(second.equals(first)).toBe(true);
  });

  it('gives other bytes for another content, another name and another right to be executed', async () => {
    const seen = [await packed(states)];
    await chmod(join(states, 'top.sls'), 0o755);
    seen.push(await packed(states));
    await writeFile(join(states, 'top.sls'), '# other\n');
    seen.push(await packed(states));
    await writeFile(join(states, 'c.sls'), '');
    seen.push(await packed(states));

    expect(new Set(seen.map((bytes) => bytes.toString('hex'))).size).toBe(4);
  });

  it('has neither name nor time nor system in the header of gzip', async () => {
    const [magic, flags, time, system] = await packed(states).then((bytes) => [
      bytes.subarray(0, 3).toString('hex'),
      bytes[3],
      bytes.readUInt32LE(4),
      bytes[9],
    ]);

    expect([magic, flags, time, system]).toEqual(['1f8b08', 0, 0, 255]);
  });

  it.each([0, 1, 511, 512, 513])('keeps a file of %i bytes as it is', async (size) => {
    const content = Buffer.alloc(size, 'x');
    await writeFile(join(states, 'sized'), content);

    await packStates(states, archive);

    const { stdout } = await run('tar', ['-xzOf', archive, 'salt/sized'], { encoding: 'buffer' });
    expect(stdout.equals(content)).toBe(true);
  });

  it('refuses links, pipes and odd names, and names them all', async () => {
    await symlink('/etc/passwd', join(states, 'a/link'));
    await run('mkfifo', [join(states, 'b/pipe')]);
    await writeFile(join(states, 'two words'), '');
    await writeFile(join(states, 'n'.repeat(120)), '');

    const problems = await problemsOf(packStates(states, archive));

    expect(problems).toEqual([
      'salt/a/link is a symbolic link',
      'salt/b/pipe is no plain file',
      `"salt/${'n'.repeat(120)}" has an odd or too long name`,
      '"salt/two words" has an odd or too long name',
    ]);
    expect(await readdir(directory)).toEqual(['states']);
  });

  it('refuses a folder that Salt could do nothing with', async () => {
    await rm(join(states, 'top.sls'));

    expect(await problemsOf(packStates(states, archive))).toEqual(['there is no top.sls']);
  });
});
