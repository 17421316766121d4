import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, type KnownProcess, knowProcess } from './known-process.ts';

/** How often the holder says that it is alive, and after how much silence it counts as dead. */
const beatMs = 2_000;
const deadMs = 20_000;
const lookMs = 250;

/** Who holds a lock. */
interface Holder {
  readonly token: string;
  readonly process: KnownProcess | undefined;
}

/**
 * Runs something while holding a lock that processes share: a directory, because making one either succeeds or says that
 * it exists. A holder that died is replaced: at once when it was a process of this machine, and otherwise when it has
 * not touched the lock for a while. Waits for its turn until the signal is aborted.
 */
export async function withLock<T>(
  lock: string,
  action: () => Promise<T>,
  { signal, onWait }: { signal?: AbortSignal | undefined; onWait?: () => void } = {},
): Promise<T> {
  if (!(await taken(lock))) {
    onWait?.();
    await waitForTurn(lock, signal);
  }
  return holding(lock, action);
}

async function waitForTurn(lock: string, signal?: AbortSignal): Promise<void> {
  do {
    signal?.throwIfAborted();
    const dead = await isDead(lock, await readHolder(lock));
    if (!(dead && (await bury(lock)))) await pause(signal);
  } while (!(await taken(lock)));
}

/**
 * Runs something while holding a lock, unless somebody alive holds it: then it answers undefined. It takes as long as a
 * dead holder is silent to be sure of one that was no process of this machine.
 */
export async function withFreeLock<T>(
  lock: string,
  action: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  let firstSeen: string | undefined;
  while (!(await taken(lock))) {
    signal?.throwIfAborted();
    const holder = await readHolder(lock);
    if (await isDead(lock, holder)) {
      if (!(await bury(lock))) await pause(signal);
      continue;
    }
    const sign = `${holder?.token} ${await lastBeat(lock)}`;
    if ((await isAlive(holder)) || sign !== (firstSeen ?? sign)) return undefined;
    firstSeen = sign;
    await pause(signal);
  }
  return holding(lock, action);
}

async function holding<T>(lock: string, action: () => Promise<T>): Promise<T> {
  const holder: Holder = { token: randomUUID(), process: await knowProcess(process.pid) };
  await writeFile(holderFile(lock), JSON.stringify(holder)).catch(() => undefined); // the beat says enough
  const beat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined); // a missed beat is made up for by the next
  }, beatMs);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    const found = await readHolder(lock);
    if (found === undefined || found.token === holder.token) await rm(lock, { recursive: true, force: true });
  }
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

async function isDead(lock: string, holder: Holder | undefined): Promise<boolean> {
  const alive = await isAlive(holder);
  if (alive !== undefined) return !alive;
  const beat = await lastBeat(lock);
  return beat !== undefined && Date.now() - beat > deadMs;
}

/** Undefined when it cannot be seen from here. */
async function isAlive(holder: Holder | undefined): Promise<boolean | undefined> {
  return holder?.process === undefined ? undefined : isSameProcess(holder.process);
}

async function lastBeat(lock: string): Promise<number | undefined> {
  return (await stat(lock).catch(() => undefined))?.mtimeMs;
}

/**
 * Removes the lock of a dead one; answers false when somebody else is at it. Only who has made the burial's own directory
 * may, and looks again first: in the meantime the lock may have become that of one who lives.
 */
async function bury(lock: string): Promise<boolean> {
  const burial = `${lock}.burial`;
  if (!(await taken(burial))) {
    const began = await lastBeat(burial);
    if (began !== undefined && Date.now() - began > deadMs) await rmdir(burial).catch(() => undefined);
    return false;
  }
  try {
    if (await isDead(lock, await readHolder(lock))) await rm(lock, { recursive: true, force: true });
    return true;
  } finally {
    await rmdir(burial).catch(() => undefined); // it took too long, and somebody else went on
  }
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(holderFile(lock), 'utf8'));
  } catch {
    return undefined; // not written yet, or gone
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(lookMs, undefined, { signal }).catch(() => signal?.throwIfAborted()); // nothing else ends it
}

function holderFile(lock: string): string {
  return join(lock, 'holder.json');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
