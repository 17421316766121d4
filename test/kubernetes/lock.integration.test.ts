import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { knowProcess } from '../../src/kubernetes/known-process.ts';
import { withFreeLock, withLock } from '../../src/kubernetes/lock.ts';

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

it('throws the signal’s own reason, also when that comes in the middle of waiting', async () => {
  const cancelled = new Error('cancelled');
  const abort = new AbortController();
  await mkdir(lock);

  const waiting = withLock(lock, async () => 'in', {
    signal: abort.signal,
    onWait: () => setTimeout(() => abort.abort(cancelled), 100),
  });

  await expect(waiting).rejects.toBe(cancelled);
});

it('takes over from a process that died', async () => {
  await mkdir(lock);
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(lock, longAgo, longAgo);

  await expect(withLock(lock, async () => 'in')).resolves.toBe('in');
});

/** A lock as a process leaves it that was killed a moment ago. */
async function lockOfTheDead(): Promise<void> {
  const child = spawn('sleep', ['600']);
  const known = await knowProcess(child.pid ?? 0);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await mkdir(lock);
  await writeFile(join(lock, 'holder.json'), JSON.stringify({ token: 'theirs', process: known }));
}

it('takes over at once from a process of this machine that died', async () => {
  await lockOfTheDead();
  const onWait = vi.fn();
  const signal = AbortSignal.timeout(5_000);

  await expect(withLock(lock, async () => 'in', { onWait, signal })).resolves.toBe('in');
});

it('is taken from a dead one by one at a time, so that nobody takes it from who came next', async () => {
  await lockOfTheDead();
  const burial = `${lock}.burial`;
  await mkdir(burial);
  const action = vi.fn(async () => 'in');

  const waiting = withLock(lock, action);
  await sleep(600);
  const before = action.mock.calls.length;
  await rm(burial, { recursive: true });

  await expect(waiting).resolves.toBe('in');
  expect(before).toBe(0);
  expect(await readdir(directory)).toEqual([]);
});

it('is not lost for ever when who takes it from a dead one dies as well', async () => {
  await lockOfTheDead();
  const burial = `${lock}.burial`;
  await mkdir(burial);
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(burial, longAgo, longAgo);

  await expect(withLock(lock, async () => 'in')).resolves.toBe('in');
});

it('is not taken from a process that lives, however long it says nothing', async () => {
  const longAgo = new Date(Date.now() - 120_000);

  const second = await withLock(lock, async () => {
    await utimes(lock, longAgo, longAgo);
    return withFreeLock(lock, async () => 'in');
  });

  expect(second).toBeUndefined();
});

it('leaves a lock alone that became somebody else’s', async () => {
  await withLock(lock, () => writeFile(join(lock, 'holder.json'), JSON.stringify({ token: 'theirs' })));

  expect(await readdir(directory)).toEqual(['build.lock']);
});

describe('a lock that is only wanted when it is free', () => {
  it('is taken when nobody has it, and when its holder died', async () => {
    await expect(withFreeLock(lock, async () => 'in')).resolves.toBe('in');
    await lockOfTheDead();

    await expect(withFreeLock(lock, async () => 'in')).resolves.toBe('in');
  });

  it('is given up when its holder, who cannot be seen from here, gives a sign of life', async () => {
    await mkdir(lock);
    const sign = setInterval(() => void utimes(lock, new Date(), new Date()), 100);

    const outcome = await withFreeLock(lock, async () => 'in');

    clearInterval(sign);
    expect(outcome).toBeUndefined();
  });
});
