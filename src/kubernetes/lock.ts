import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the holder says that it is alive, and after how much silence it counts as dead. */
const beatMs = 2_000;
const deadMs = 20_000;
const lookMs = 250;

/**
 * Runs something while holding a lock that processes share: a directory, because making one either succeeds or says that
 * it exists. The holder keeps touching it; one that was not touched for a while belonged to a process that died, and is
 * taken over. Waits for its turn until the signal is aborted.
 */
export async function withLock<T>(
  lock: string,
  action: () => Promise<T>,
  { signal, onWait }: { signal?: AbortSignal | undefined; onWait?: () => void } = {},
): Promise<T> {
  await acquire(lock, signal, onWait);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined); // a missed beat is made up for by the next
  }, beatMs);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    await rm(lock, { recursive: true, force: true });
  }
}

async function acquire(lock: string, signal?: AbortSignal, onWait?: () => void): Promise<void> {
  if (await taken(lock)) return;
  onWait?.();
  do {
    signal?.throwIfAborted();
    if (await isDead(lock)) await bury(lock);
    else await sleep(lookMs, undefined, signal === undefined ? {} : { signal });
  } while (!(await taken(lock)));
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isDead(lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > deadMs;
}

/** Renamed before it is removed: of two that find the same dead lock, one rename succeeds. */
async function bury(lock: string): Promise<void> {
  const grave = `${lock}.dead-${process.pid}`;
  await rename(lock, grave).catch(() => undefined);
  await rm(grave, { recursive: true, force: true });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
