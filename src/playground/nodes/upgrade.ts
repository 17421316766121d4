import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fetchRelease } from './boot.ts';
import { type BootParameters, bootObject } from './boot-script.ts';
import { getObject, putObject } from './store.ts';

const instruction = z.object({
  id: z.string().min(1),
  version: z.string().regex(/^v\d+\.\d+\.\d+/),
  release: z.string(),
  role_step: z.enum(['apply', 'node']),
  objects: z.array(bootObject),
});

/** To what Slipway wants a server to be upgraded, and by which objects. */
export type UpgradeInstruction = z.output<typeof instruction>;

export interface UpgradeOptions {
  readonly hostname: string;
  readonly store: BootParameters['store'];
  /** The version that the server has. */
  readonly from: string;
  /** Gives the server its new version, before anybody is told. */
  readonly install: (version: string) => void;
  readonly instruction: UpgradeInstruction;
  /** How long it takes at least, in milliseconds. */
  readonly lastsMs: number;
}

/** The instruction that lies in Swift for a server; undefined when there is none. @throws Error for one that is none. */
export async function findInstruction(
  hostname: string,
  store: BootParameters['store'],
  signal: AbortSignal,
): Promise<UpgradeInstruction | undefined> {
  const text = await getObject('looking for an instruction', ofHost(store.upgrade_get, hostname), signal);
  return text === undefined ? undefined : instruction.parse(JSON.parse(text));
}

/**
 * Does over the network what slipway-upgrade does on a server: says that it begins, fetches the release, and says how it
 * ended; a failing one leaves its log before.
 *
 * @throws Error when Slipway cannot be told, and the signal's reason when the server is gone.
 */
export async function upgrade(options: UpgradeOptions, signal: AbortSignal): Promise<void> {
  const { install, instruction, lastsMs } = options;
  await tell(options, 'running', '', signal);
  await sleep(lastsMs, undefined, { signal });
  const problem = await findProblem(options, signal);
  if (problem === undefined) {
    install(instruction.version);
    return tell(options, 'done', '', signal);
  }
  await leaveLog(options, problem, signal);
  await tell(options, 'failed', problem, signal);
}

/** Why the server cannot be upgraded; undefined when it can. */
async function findProblem(options: UpgradeOptions, signal: AbortSignal): Promise<string | undefined> {
  const { hostname, from, instruction } = options;
  const { status, reason } = await fetchRelease(hostname, instruction, signal);
  if (status === 'FAILURE') return reason;
  if (minorOf(instruction.version) <= minorOf(from) + 1) return undefined;
  return (
    `state kubeadm-upgrade: kubeadm upgrade ${instruction.role_step}: Specified version to upgrade to ` +
    `"${instruction.version}" is too high; kubeadm can upgrade only 1 minor version at a time`
  );
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

async function tell(
  { hostname, store, instruction: { id, version } }: UpgradeOptions,
  state: 'running' | 'done' | 'failed',
  reason: string,
  signal: AbortSignal,
): Promise<void> {
  const outcome = { id, state, reason, version, at: new Date().toISOString() };
  await putObject('telling of the upgrade', ofHost(store.upgrade_put, hostname), JSON.stringify(outcome), signal);
}

async function leaveLog({ hostname, store, instruction }: UpgradeOptions, problem: string, signal: AbortSignal) {
  const lines = [
    `upgrade ${instruction.id} to ${instruction.version}, release ${instruction.release}`,
    `stopping: ${problem}`,
  ];
  const log = lines.map((line) => `${new Date().toISOString()} slipway: ${line}\n`).join('');
  // What stopped the upgrade counts, and not that its log could not be sent.
  await putObject('sending the log', ofHost(store.log_put, hostname), log, signal).catch(() => undefined);
  signal.throwIfAborted();
}

function ofHost(url: string, hostname: string): string {
  return url.replaceAll('@HOST@', encodeURIComponent(hostname));
}
