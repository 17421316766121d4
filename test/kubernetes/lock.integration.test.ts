import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withLock } from '../../src/kubernetes/lock.ts';

let directory: string;
let lock: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
  lock = join(directory, 'build.lock');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const visit = () =>
    withLock(lock, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    });

  await Promise.all([visit(), visit(), visit()]);

  expect(most).toBe(1);
  expect(await readdir(directory)).toEqual([]);
});

it('is free again after a failure', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

  await expect(withLock(lock, async () => 'in')).resolves.toBe('in');
});

it('tells who waits, and stops waiting when the signal is aborted', async () => {
  await mkdir(lock);
  const abort = new AbortController();
  const action = vi.fn(async () => 'in');

  const waiting = withLock(lock, action, { signal: abort.signal, onWait: () => abort.abort(new Error('cancelled')) });

  await expect(waiting).rejects.toThrow('cancelled');
  expect(action).not.toHaveBeenCalled();
});

it('takes over from a process that died', async () => {
  await mkdir(lock);
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(lock, longAgo, longAgo);

  await expect(withLock(lock, async () => 'in')).resolves.toBe('in');
});
