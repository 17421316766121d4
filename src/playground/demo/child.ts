import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../config/config.ts';
import { DeployError } from '../../errors.ts';

/** A process of Slipway, started as it would be in production. */
export interface Child {
  readonly process: ChildProcess;
  /** Asks it to end, and waits for it. */
  close(): Promise<void>;
}

const startTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;

/**
 * Starts `slipway NAME` and waits until it says that it is ready. Its log goes to `directory`/NAME.log. The child holds a
 * channel to this process and ends when it closes, however this one ends. Throws DeployError with the child's own words.
 */
export async function startChild(main: string, name: string, env: Environment, directory: string): Promise<Child> {
  const logFile = join(directory, `${name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [main, name], { env: { ...env }, stdio: ['ignore', log, log, 'ipc'] });
  await ready(child, name, logFile);
  return { process: child, close: () => stop(child) };
}

async function ready(child: ChildProcess, name: string, logFile: string): Promise<void> {
  const deadline = AbortSignal.timeout(startTimeoutMs);
  const exited = once(child, 'exit', { signal: deadline }).then(() => false);
  const said = once(child, 'message', { signal: deadline }).then(() => true);
  const isReady = await Promise.race([said, exited]).catch(() => false);
  exited.catch(() => undefined);
  said.catch(() => undefined);
  if (isReady) return;
  child.kill('SIGKILL');
  throw new DeployError('demo_child', `slipway ${name} did not start: ${lastWords(logFile)}`, {
    hint: `Its log is ${logFile}`,
  });
}

function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return (
    lines
      .filter((line) => !line.startsWith('{'))
      .slice(-3)
      .join(' ') || 'it said nothing'
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}
