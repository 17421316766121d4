import { readFile, readlink } from 'node:fs/promises';

/** A process that can be recognised later, although numbers of processes are used again. */
export interface KnownProcess {
  readonly pid: number;
  /** When it started, in clock ticks since the machine did (proc_pid_stat(5), field 22). */
  readonly started: string;
  /** Which boot of which machine, and which PID name space of it, the number belongs to. */
  readonly realm: string;
}

/** How to recognise a running process; undefined where there is none, and on systems without /proc. */
export async function knowProcess(pid: number): Promise<KnownProcess | undefined> {
  const [started, realm] = await Promise.all([startOf(pid), currentRealm()]);
  return started === undefined || realm === undefined ? undefined : { pid, started, realm };
}

/** Whether a process still runs; undefined when that cannot be seen from here. */
export async function isSameProcess({ pid, started, realm }: KnownProcess): Promise<boolean | undefined> {
  if (realm !== (await currentRealm())) return undefined;
  return (await startOf(pid)) === started;
}

/**
 * Numbers of the running processes whose environment, as it was when they started, has an assignment; none where there
 * is no /proc. It finds what has left its process group too.
 */
export async function processesWith(name: string, value: string, pids: readonly number[]): Promise<number[]> {
  const wanted = Buffer.from(`${name}=${value}\0`);
  const found: number[] = [];
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`).catch(() => undefined); // gone, or somebody else's
    const at = environment?.indexOf(wanted) ?? -1;
    if (at === 0 || (at > 0 && environment?.[at - 1] === 0)) found.push(pid);
  }
  return found;
}

/** Undefined for a process that has ended, also when nobody has asked yet how. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name, in parentheses, may hold anything; behind it come the state and the fields from 4 on.
  const [state, ...fields] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === undefined || 'ZX'.includes(state) ? undefined : fields[18];
}

async function currentRealm(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}
