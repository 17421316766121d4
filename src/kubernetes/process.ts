import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { DeployError } from '../errors.ts';
import { splitLines } from './lines.ts';
import { LogFile } from './log-file.ts';
import { createRedactor } from './redact.ts';

/** A program to run, and how long it may take. */
export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** What is being done, as the start of a sentence: `Fetching the source`. It begins every error message. */
  readonly doing: string;
  readonly cwd?: string;
  /** The whole environment of the child; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Both outputs are appended to it, line by line. */
  readonly logFile?: string;
  /** Values that must not show in anything that comes out; what looks like a secret never does. */
  readonly secrets?: readonly string[];
  /** Told once it runs; its process group has the same number. */
  readonly onStart?: (pid: number) => void;
  readonly onLine?: (line: string) => void;
  /** How many of the last lines an error carries. */
  readonly keptLines?: number;
  /** Whether the caller wants what is written on standard output, which has to be kept in memory. */
  readonly output?: 'ignored';
  /** The longest that it may run. */
  readonly deadlineMs: number;
  /** The longest that it may say nothing; by default as long as it may run. */
  readonly inactivityMs?: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Why a program did not do its work. */
export type ProcessEnd = 'missing' | 'status' | 'killed' | 'deadline' | 'inactive';

/** A program that was missing, ended badly or took too long. `lines` are the last that it wrote. */
export class ProcessError extends DeployError {
  readonly end: ProcessEnd;
  readonly lines: readonly string[];

  constructor(end: ProcessEnd, message: string, lines: readonly string[], cause?: unknown) {
    super('process', message, {
      ...(end === 'missing' ? { hint: 'Install it where this worker runs, or put it on the worker’s PATH' } : {}),
      detail: { end, lines },
      cause,
    });
    this.end = end;
    this.lines = lines;
  }
}

const defaultKeptLines = 40;
/** Whoever cancels sees the end of it within ten seconds. */
const defaultGraceMs = 4_000;
/** How long output may still come after the program itself has ended, from something that it left behind. */
const drainMs = 2_000;
const stoppedDrainMs = 200;

/**
 * Runs a program without a shell, in a process group of its own, so that stopping it stops everything it started.
 * Answers what it wrote on standard output,
 * cleaned as the log is.
 *
 * @throws ProcessError when it is missing, ends with another status than 0, or takes too long; the signal's reason when
 * that is aborted. Either way nothing of the group is left running.
 */
export async function runProcess(options: ProcessOptions): Promise<string> {
  const { command, args, cwd, env, logFile, signal } = options;
  signal?.throwIfAborted();
  const log = logFile === undefined ? undefined : await LogFile.open(logFile);
  try {
    signal?.throwIfAborted(); // while the log was being opened
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const watch = new Watch(child, options);
    return await watch.result(log).finally(() => watch.close());
  } finally {
    await log?.close();
  }
}

/** One running program: its last lines, its clocks, and the end of its process group. */
class Watch {
  readonly #child: ChildProcess;
  readonly #options: ProcessOptions;
  readonly #lines: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #silence: NodeJS.Timeout | undefined;
  /** The first reason to stop it; what it says while it is being stopped does not count. */
  #stoppedBy: 'deadline' | 'inactive' | 'abort' | undefined;

  constructor(child: ChildProcess, options: ProcessOptions) {
    this.#child = child;
    this.#options = options;
  }

  async result(log: LogFile | undefined): Promise<string> {
    const { signal, deadlineMs, command, doing } = this.#options;
    const output: string[] = [];
    const streams = Promise.all([
      this.#read(this.#child.stdout, log, (line) => this.#options.output !== 'ignored' && output.push(line)),
      this.#read(this.#child.stderr, log),
    ]);
    streams.catch(() => this.#stop('abort')); // nobody listens any more; told below
    const abort = () => this.#stop('abort');
    signal?.addEventListener('abort', abort, { once: true });
    this.#after(deadlineMs, () => this.#stop('deadline'));
    this.#heard();
    try {
      if (this.#child.pid !== undefined) this.#options.onStart?.(this.#child.pid);
      const [status, signalName] = await this.#ended();
      await Promise.race([streams, this.#pause(this.#stoppedBy === undefined ? drainMs : stoppedDrainMs)]);
      this.#judge(status, signalName);
      return output.join('\n');
    } catch (error) {
      if (hasCode(error, 'ENOENT'))
        throw new ProcessError('missing', `${doing}: ${command} is not installed`, [], error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the clocks and whatever of the group outlived its first process. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#silence);
    this.#kill('SIGKILL');
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  async #ended(): Promise<[number | null, NodeJS.Signals | null]> {
    const [status, signalName] = await once(this.#child, 'exit');
    return [status, signalName];
  }

  #judge(status: number | null, signalName: NodeJS.Signals | null): void {
    const { signal, doing, command, args, deadlineMs, inactivityMs } = this.#options;
    if (this.#stoppedBy === 'abort') signal?.throwIfAborted();
    if (this.#stoppedBy === 'deadline') throw this.#error('deadline', `${doing}: not done after ${time(deadlineMs)}`);
    if (this.#stoppedBy === 'inactive') {
      throw this.#error('inactive', `${doing}: nothing was heard of ${command} for ${time(inactivityMs ?? 0)}`);
    }
    if (signalName !== null) throw this.#error('killed', `${doing}: ${command} was ended by ${signalName}`);
    if (status !== 0) {
      const what = [command, args.find((arg) => /^[a-z][a-z-]*$/.test(arg))].filter(Boolean).join(' ');
      throw this.#error('status', `${doing}: ${what} ended with status ${status}`);
    }
  }

  #error(end: ProcessEnd, message: string): ProcessError {
    return new ProcessError(end, message, this.#lines);
  }

  async #read(stream: Readable | null, log: LogFile | undefined, keep?: (line: string) => void): Promise<void> {
    if (stream === null) return;
    const { secrets, keptLines = defaultKeptLines } = this.#options;
    try {
      for await (const line of splitLines(stream, createRedactor(secrets))) {
        this.#heard();
        await log?.write(line);
        keep?.(line);
        this.#lines.push(line);
        if (this.#lines.length > keptLines) this.#lines.shift();
        this.#options.onLine?.(line);
      }
    } catch (error) {
      // A stream that close() destroyed ends early; that is no news.
      if (!hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
    }
  }

  #heard(): void {
    const { inactivityMs } = this.#options;
    if (inactivityMs === undefined) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#stop('inactive'), inactivityMs);
  }

  #stop(why: 'deadline' | 'inactive' | 'abort'): void {
    if (this.#stoppedBy !== undefined) return;
    this.#stoppedBy = why;
    this.#kill('SIGTERM');
    this.#after(this.#options.graceMs ?? defaultGraceMs, () => this.#kill('SIGKILL'));
  }

  #kill(signalName: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signalName);
    } catch {
      // Nothing of the group is left.
    }
  }

  #after(ms: number, action: () => void): void {
    this.#timers.add(setTimeout(action, ms));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#after(ms, resolve));
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function time(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}
