import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, processesWith } from './known-process.ts';
import type { RunningBuild } from './running-build.ts';

const lookMs = 100;

/**
 * Ends what still runs of a build: the group of its make, if that is still the same process, and whatever was started
 * with its host name in the environment, wherever it went. Asks first and ends what is left after `graceMs`. Answers
 * whether all of it is gone.
 */
export async function endProcesses(build: RunningBuild, graceMs: number): Promise<boolean> {
  const patience = Date.now() + graceMs;
  const limit = patience + graceMs;
  let signalName: NodeJS.Signals = 'SIGTERM';
  await send(build, await processesOf(build), signalName);
  for (;;) {
    const left = await processesOf(build);
    if (left.length === 0) return true;
    if (Date.now() > limit) return false;
    if (Date.now() > patience) {
      signalName = 'SIGKILL'; // again and again: a process may have been starting another one
      await send(build, left, signalName);
    }
    await sleep(lookMs);
  }
}

async function processesOf({ hostname }: RunningBuild): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return processesWith('HOSTNAME', hostname, pids);
}

async function send({ leader }: RunningBuild, pids: readonly number[], signalName: NodeJS.Signals): Promise<void> {
  const led = leader !== undefined && (await isSameProcess(leader));
  for (const pid of led ? [-leader.pid, ...pids] : pids) {
    try {
      process.kill(pid, signalName);
    } catch {
      // It has ended meanwhile, or is not ours to end.
    }
  }
}
