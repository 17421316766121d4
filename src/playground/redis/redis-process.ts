import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/config.ts';
import { DeployError } from '../../errors.ts';
import { waitForPing } from './ping-redis.ts';

const stopMilliseconds = 10_000;
const portAttempts = 3;
const keptOutput = 4000;

/** A program that ends up as a Redis on a port of this machine. */
export interface RedisProgram {
  /** The program in words, for messages: redis-server, Docker. */
  title: string;
  command: string;
  /** The arguments for a Redis that listens on 127.0.0.1 and `port`. */
  arguments(port: number): readonly string[];
  env: Environment;
  /** How long it may take until the first PING is answered; long where an image has to be pulled. */
  startMilliseconds: number;
}

/** The program ended before its Redis answered. */
class EndedError extends Error {}

/** A Redis that is up, and how to end it. */
export interface RedisProcess {
  url: string;
  pid: number;
  /** Ends the process and waits until it is gone. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the program on a free port and answers once the Redis answers PING. Throws a DeployError with the program's
 * own last words when it ends or stays silent.
 */
export async function startRedisProcess(program: RedisProgram): Promise<RedisProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(program, await freePort());
    } catch (error) {
      // Between finding the port and listening on it somebody else may have taken it.
      const portTaken = error instanceof DeployError && /already in use|already allocated/i.test(error.message);
      if (!portTaken || attempt === portAttempts) throw error;
    }
  }
}

async function startOnce(program: RedisProgram, port: number): Promise<RedisProcess> {
  // A process group of its own: Ctrl-C in a terminal must reach Redis through close(), after those who still use it.
  const child = spawn(program.command, program.arguments(port), {
    detached: true,
    env: program.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = keepOutput(child);
  const exited = exitOf(child);
  endWithThisProcess(child);

  const url = `redis://127.0.0.1:${port}`;
  const starting = new AbortController();
  try {
    await Promise.race([
      waitForPing(url, program.startMilliseconds, starting.signal),
      exited.then((reason) => Promise.reject(new EndedError(reason))),
    ]);
  } catch (cause) {
    // Before it is told to stop, since what it says then is no reason.
    const said = output();
    await stop(child, exited);
    throw notStarted(program, said, cause);
  } finally {
    starting.abort();
  }
  return { url, pid: child.pid ?? 0, close: () => stop(child, exited) };
}

function notStarted(program: RedisProgram, output: string, cause: unknown): DeployError {
  const ended = cause instanceof EndedError;
  const words = (ended ? complaint(output) : undefined) ?? (cause instanceof Error ? cause.message : String(cause));
  return new DeployError('redis_not_started', `Starting a Redis with ${program.title}: ${words}`, {
    hint: 'Set REDIS_URL to a Redis that runs already, or mend what the message says and start again.',
    detail: { command: program.command, output },
    cause,
  });
}

/**
 * Ends `child` when this process ends, kill -9 included: a shell waits for the end of a pipe that only this process
 * holds open, and the kernel closes pipes whoever dies how. Once the child has ended, so does the shell, before the
 * process id can belong to somebody else.
 */
function endWithThisProcess(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const watcher = spawn('/bin/sh', ['-c', 'while read -r line; do :; done; kill "$1"', 'sh', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no watcher; close() still works.
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  child.once('exit', () => watcher.kill('SIGKILL'));
  // Neither child keeps this process alive.
  watcher.unref();
  child.unref();
}

/** Why the child ended, in words; never rejects. */
async function exitOf(child: ChildProcess): Promise<string> {
  try {
    const [status, signal] = await once(child, 'exit');
    return signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGTERM');
  const patience = new AbortController();
  const late = sleep(stopMilliseconds, 'late', { signal: patience.signal }).catch(() => 'aborted');
  if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL');
  patience.abort();
  await exited;
}

function keepOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-keptOutput);
    });
  }
  return () => text;
}

/** Why a program ended: the first line that sounds like it, or else its last one; without the process id and time of Redis. */
function complaint(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.replace(/^\d+:\S+ .*? [#*.-] /, '').trim());
  const reason = lines.find((line) => /error|could not|fatal|already|denied|cannot|failed/i.test(line));
  return reason ?? lines.filter((line) => line !== '').at(-1);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new DeployError('no_port', 'This machine gave no free port');
  return address.port;
}
