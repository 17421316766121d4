import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeployError } from '../../errors.ts';

const pauseMilliseconds = 50;
/** An own Redis whose parent was killed a moment ago is on its way out. */
const patienceMilliseconds = 3000;

/**
 * Throws a DeployError while another Redis of ours works in `directory`: two that append to the same file ruin it.
 * recordOwner tells the next one.
 */
export async function claimDirectory(directory: string): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const owner = await liveOwner(directory);
    if (owner === undefined) return;
    if (Date.now() > deadline) {
      throw new DeployError(
        'redis_directory_in_use',
        `Another Redis (process ${owner}) keeps its data in ${directory}`,
        {
          hint: `End the Slipway that started it, or this process if nobody needs it: kill ${owner}`,
        },
      );
    }
    await sleep(pauseMilliseconds);
  }
}

/** Writes down which process works in `directory`. */
export async function recordOwner(directory: string, pid: number): Promise<void> {
  await writeFile(ownerFile(directory), `${pid}\n`);
}

function ownerFile(directory: string): string {
  return join(directory, 'redis.pid');
}

async function liveOwner(directory: string): Promise<number | undefined> {
  const pid = Number(await readFile(ownerFile(directory), 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  // The number may belong to something else by now. Where there is no /proc, the number has to do.
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'redis');
  return /redis|valkey/.test(commandLine) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
