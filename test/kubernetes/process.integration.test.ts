import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessError, type ProcessOptions, runProcess } from '../../src/kubernetes/process.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-process-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function shell(script: string, options: Partial<ProcessOptions> = {}): Promise<string> {
  const env = { PATH: '/usr/bin:/bin' };
  return runProcess({ command: 'sh', args: ['-c', script], doing: 'Testing', env, deadlineMs: 20_000, ...options });
}

async function failure(running: Promise<string>): Promise<ProcessError> {
  const error = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProcessError) return error;
  throw new Error('a ProcessError was expected', { cause: error });
}

/** A process that has ended, but whom nobody has asked about it, is still there as a zombie. */
async function isRunning(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return state !== undefined && !/\) Z /.test(state);
}

/** Starts a child of the child that ignores SIGTERM, and writes down who it is. */
const stubborn = `(trap '' TERM; while :; do sleep 0.1; done) & echo $! > "$PIDFILE"; echo started; wait`;

describe('a program that works', () => {
  it('answers its standard output, and tells every line of both outputs to the callback and the log', async () => {
    const lines: string[] = [];
    const logFile = join(directory, 'log');

    const output = await shell('echo one; echo two >&2; echo three', { logFile, onLine: (line) => lines.push(line) });

    expect(output).toBe('one\nthree');
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
    expect((await readFile(logFile, 'utf8')).split('\n').sort()).toEqual(['', 'one', 'three', 'two']);
  });

  it('sees the environment that it is given and nothing of ours', async () => {
    vi.stubEnv('SLACK_BOT_TOKEN', 'xoxb-secret');

    const output = await shell('echo "[$SLACK_BOT_TOKEN][$GIVEN]"', { env: { PATH: '/usr/bin:/bin', GIVEN: 'yes' } });

    vi.unstubAllEnvs();
    expect(output).toBe('[][yes]');
  });

  it('shows no secret in what it answers, tells and logs', async () => {
    const lines: string[] = [];
    const logFile = join(directory, 'log');
    const script = 'echo open sesame; echo https://bob:hunter2@git.test/ >&2';

    const output = await shell(script, { logFile, secrets: ['sesame'], onLine: (line) => lines.push(line) });

    expect(output).toBe('open [secret]');
    expect(lines.sort()).toEqual(['https://[secret]@git.test/', 'open [secret]']);
    expect(await readFile(logFile, 'utf8')).not.toMatch(/sesame|hunter2/);
  });

  it('is told by its number once it runs, and keeps no output that nobody wants', async () => {
    let started: number | undefined;

    const output = await shell('echo $$', {
      output: 'ignored',
      onStart: (pid) => {
        started = pid;
      },
    });

    expect(output).toBe('');
    expect(started).toBeGreaterThan(1);
  });

  it('works also where its log cannot be written', async () => {
    await expect(shell('echo one; echo two', { logFile: '/dev/full' })).resolves.toBe('one\ntwo');
  });

  it('is not waited for because of something that it left in the background', async () => {
    const pidFile = join(directory, 'pid');

    const output = await shell(`sleep 600 & echo $! > ${pidFile}; echo done`);

    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(output).toBe('done');
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false));
  });
});

describe('a program that does not work', () => {
  it('is an error with its status and its last lines', async () => {
    const error = await failure(shell('for i in $(seq 100); do echo "line $i"; done; echo broken >&2; exit 3'));

    expect(error).toMatchObject({ end: 'status', message: 'Testing: sh ended with status 3' });
    expect(error.lines).toHaveLength(40);
    expect(error.lines).toContain('broken');
  });

  it('carries as many of its last lines as are wanted', async () => {
    const error = await failure(shell('for i in $(seq 100); do echo "line $i"; done; exit 1', { keptLines: 3 }));

    expect(error.lines).toEqual(['line 98', 'line 99', 'line 100']);
  });

  it('is ended when whoever listens breaks down', async () => {
    const listening = shell('echo one; sleep 600', {
      onLine: () => {
        throw new Error('the listener broke');
      },
    });

    await expect(listening).rejects.toThrow('the listener broke');
  });

  it('is one clear sentence when it is not there', async () => {
    const error = await failure(shell('', { command: 'no-such-program' }));

    expect(error).toMatchObject({ end: 'missing', message: 'Testing: no-such-program is not installed' });
  });

  it('is told apart when somebody else kills it', async () => {
    expect(await failure(shell('kill -KILL $$'))).toMatchObject({ end: 'killed', message: /SIGKILL/ });
  });

  it('is stopped with everything that it started when it takes too long', async () => {
    const pidFile = join(directory, 'pid');

    const error = await failure(
      shell(stubborn, { env: { PATH: '/usr/bin:/bin', PIDFILE: pidFile }, deadlineMs: 500, graceMs: 200 }),
    );

    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(error).toMatchObject({ end: 'deadline', message: 'Testing: not done after 500 ms' });
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false));
  });

  it('is stopped when it says nothing any more, however long it might run', async () => {
    const error = await failure(shell('echo hello; sleep 600', { inactivityMs: 500, graceMs: 200 }));

    expect(error).toMatchObject({ end: 'inactive', lines: ['hello'] });
  });

  it('may be slow as long as it says something', async () => {
    const output = await shell('for i in 1 2 3 4 5; do echo $i; sleep 0.3; done', { inactivityMs: 1_000 });

    expect(output).toBe('1\n2\n3\n4\n5');
  });
});

describe('an abort', () => {
  it('ends the whole group, also what ignores SIGTERM, and throws the reason', async () => {
    const pidFile = join(directory, 'pid');
    const abort = new AbortController();
    const cancelled = new Error('cancelled by ann');

    const running = shell(stubborn, {
      env: { PATH: '/usr/bin:/bin', PIDFILE: pidFile },
      signal: abort.signal,
      graceMs: 200,
      onLine: () => abort.abort(cancelled),
    });

    await expect(running).rejects.toBe(cancelled);
    const pid = Number(await readFile(pidFile, 'utf8'));
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false));
  });

  it('lets nothing start when it came before', async () => {
    const touched = join(directory, 'touched');

    await expect(shell(`touch ${touched}`, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );

    await expect(readFile(touched)).rejects.toThrow('ENOENT');
  });
});
