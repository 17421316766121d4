import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogFile } from '../../src/kubernetes/log-file.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-log-'));
  path = join(directory, 'build.log');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('appends lines to what is there, for nobody else to read', async () => {
  for (const line of ['one', 'two']) {
    const log = await LogFile.open(path);
    await log.write(line);
    await log.close();
  }

  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('keeps the beginning and the end of what has gone wrong, and no more', async () => {
  const log = await LogFile.open(path);

  for (let line = 0; line < 5_000; line += 1) await log.write(`${line} ${'x'.repeat(16 * 1024)}`);
  await log.write('the reason');
  await log.close();

  const text = await readFile(path, 'utf8');
  expect(text.length).toBeLessThan(72 * 1024 * 1024);
  expect(text.startsWith('0 xxx')).toBe(true);
  expect(text).toMatch(/^\[\d+ lines are left out here\]$/m);
  expect(text.endsWith('the reason\n')).toBe(true);
});

it('does not mind a disk that is full', async () => {
  const log = await LogFile.open('/dev/full');

  for (let line = 0; line < 100; line += 1) await log.write('x'.repeat(16 * 1024));

  await expect(log.close()).resolves.toBeUndefined();
});

it('says so when it cannot be opened', async () => {
  await expect(LogFile.open(join(directory, 'nowhere', 'build.log'))).rejects.toThrow('ENOENT');
});
