import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootStage, salt } from './boot-stage.ts';
import { type SaltRun, saltCall, state } from './salt-stand-in.ts';

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
});
afterEach(() => stage.close());

/** What Salt writes of these states. */
function local(...states: readonly Record<string, unknown>[]): { local: Record<string, unknown> } {
  return { local: Object.assign({}, ...states) };
}

/** A command that failed, as Salt's cmd.run has it. */
function failedCommand(id: string, number: number, stderr: string): Record<string, unknown> {
  const changes = { pid: 7, retcode: 3, stdout: 'stdout-of-the-command', stderr };
  return state(id, number, { result: false, changes, comment: 'Command "kubeadm init" run' });
}

describe('the Salt states', () => {
  it('are applied by the Salt of the release, quietly and without a master', async () => {
    const { failed, log } = await stage.boot();

    expect(failed).toBe(false);
    expect(await stage.salt.arguments()).toEqual([
      '--local',
      '--config-dir',
      stage.home('etc'),
      '--retcode-passthrough',
      '--out=json',
      `--out-file=${stage.path('run/slipway/states.json')}`,
      '--log-file=/dev/null',
      '--log-level=critical',
      'state.apply',
    ]);
    expect(await stage.salt.umask()).toBe('0022');
    expect(log).toMatch(/the states are applied: 1 states, 1 of them changed something, in \d+ seconds/);
    expect(stage.cloud.logs.size).toBe(0);
  });

  it('are applied by the Salt of the image when the release has none', async () => {
    stage.cloud.objects.delete(salt);
    const programs = await stage.program('salt-call', saltCall);

    const { failed } = await stage.boot({}, { programs });

    expect(failed).toBe(false);
    expect(await stage.salt.calls()).toBe(1);
  });

  it('are told of one by one in the log, in the order in which they were run, but not what they changed', async () => {
    const diff = '+password: in-a-file';
    stage.salt.run = {
      result: local(
        state('b-file', 1, { changes: { diff }, comment: ['File updated', 'and more'] }),
        state('a-nothing', 0),
        state('c-test', 2, { result: null, changes: { diff }, comment: null, duration: undefined }),
      ),
    };

    const { failed, log, output } = await stage.boot();

    expect(failed).toBe(false);
    expect(log).toMatch(
      /\nok {6}a-nothing, 12\.5 ms: all is well\nchanged b-file, 12\.5 ms: File updated\nchanged c-test, \? ms: it says nothing\n/,
    );
    expect(`${log}${output}`).not.toContain('in-a-file');
    expect(await readdir(stage.path('run'))).toEqual([]);
  });

  it.each<[string, SaltRun, string]>([
    [
      'the first that failed, of all that did',
      {
        status: 2,
        result: local(
          state('c-after', 2, { result: false, comment: 'One or more requisite failed: kubeadm.b-config' }),
          state('b-config', 1, { result: false, comment: 'Unable to manage file: no such file\n\n---\n[...]' }),
          state('a-fine', 0),
        ),
      },
      'state b-config: Unable to manage file: no such file',
    ],
    [
      'what a command said at last',
      { status: 2, result: local(failedCommand('kubeadm-init', 0, '[init] starting\n[ERROR NumCPU]: too few\n\n')) },
      'state kubeadm-init: [ERROR NumCPU]: too few',
    ],
    [
      'what kubeadm said before its advice',
      {
        status: 2,
        result: local(
          failedCommand(
            'kubeadm-init',
            0,
            'error execution phase preflight:\n\t[ERROR Port-6443]: Port 6443 is in use\n[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`\nTo see the stack trace of this error execute with --v=5 or higher\n',
          ),
        ),
      },
      'state kubeadm-init: [ERROR Port-6443]: Port 6443 is in use',
    ],
    [
      'the status of a command that said nothing',
      { status: 2, result: local(failedCommand('a-command', 0, '')) },
      'state a-command: Command "kubeadm init" run (status 3)',
    ],
    [
      'the exception in a state, and not where it was',
      {
        status: 2,
        result: local(
          state('a-file', 0, {
            result: false,
            comment:
              'An exception occurred in this state: Traceback (most recent call last):\n  File "x"\nKeyError: 1\n',
          }),
        ),
      },
      'state a-file: KeyError: 1',
    ],
    [
      'a state without an id',
      {
        status: 2,
        result: { local: { 'no_|-states_|-states_|-None': { result: false, comment: 'No Top file matches' } } },
      },
      'state states: No Top file matches',
    ],
    [
      'what could not be rendered',
      {
        status: 1,
        result: {
          local: [
            "Rendering SLS 'base:kubeadm' failed: Jinja variable 'x' is undefined; line 15\n\n---\n[...]\n---",
            'y',
          ],
        },
      },
      "states: Rendering SLS 'base:kubeadm' failed: Jinja variable 'x' is undefined; line 15",
    ],
    [
      'what could not be rendered, when Salt says it in a second line',
      {
        status: 5,
        result: { local: ['Pillar failed to render with the following messages:', "Rendering SLS 'slipway' failed."] },
      },
      "states: Pillar failed to render with the following messages: Rendering SLS 'slipway' failed.",
    ],
    [
      'which ids there are twice',
      { status: 1, result: { local: ["SLS IDs need to be globally unique.\n    The conflicting ID is 'a'"] } },
      "states: SLS IDs need to be globally unique. The conflicting ID is 'a'",
    ],
    [
      'what stands in the way of all states',
      { status: 1, result: { local: 'state.apply is running as PID 7' } },
      'states: state.apply is running as PID 7',
    ],
    [
      'the last words of a Salt that gave no result',
      { status: 1, output: "Traceback\nModuleNotFoundError: No module named 'tornado'\n\n" },
      "Salt ended with status 1 and gave no result; its last words: ModuleNotFoundError: No module named 'tornado'",
    ],
    ['that the result is no JSON', { status: 0, result: '{"local": {' }, 'Salt ended with status 0 and gave no result'],
    [
      'the status of Salt when all states are well',
      { status: 11, output: 'an odd end', result: local(state('a-fine', 0)) },
      'Salt ended with status 11 after 1 states, though none failed; its last words: an odd end',
    ],
    [
      'that there was no state at all',
      { status: 0, result: { local: {} } },
      'Salt ended with status 0 after 0 states, though none failed',
    ],
    [
      'that the result is not what Salt writes',
      { status: 0, result: { local: { a: 'b' } } },
      'what Salt says of its states cannot be read',
    ],
    [
      'the cause in one line, and as much of it as Heat should take',
      {
        status: 2,
        result: local(state('a-long', 0, { result: false, comment: `\u001b[31mé\t${'é'.repeat(600)}\u0007` })),
      },
      `state a-long:  [31mé ${'é'.repeat(500)}`.slice(0, 500),
    ],
  ])('fail the boot, and Heat hears %s', async (_what, run, reason) => {
    stage.salt.run = run;

    expect(await stage.failedBoot()).toBe(reason);
  });

  it('have an end, even when they do not listen', async () => {
    stage.salt.run = { hangs: true, output: 'waiting for the control plane\n' };

    const reason = await stage.failedBoot({ settings: { boot_seconds: 2 } });

    expect(reason).toBe('the Salt states did not end within 1 seconds; its last words: waiting for the control plane');
  });

  it('leave what failed, with the end of what it said, in the log, in Swift and on the console', async () => {
    stage.salt.run = {
      status: 2,
      output: 'from Salt itself',
      result: local(
        failedCommand('kubeadm-init', 0, 'first words\nlast words'),
        state('a-file', 1, { result: false, comment: 'Unable to manage file\nbecause of this' }),
      ),
    };
    const programs = await stage.program('uname', '#!/bin/sh\necho staging-node-abcde\n');

    const { log, output } = await stage.boot({}, { programs });

    const uploaded = stage.cloud.logs.get('/v1/AUTH_1/c[1-2]/deployment-1/logs/staging-node-abcde.log') ?? '';
    for (const text of [log, output, uploaded]) {
      expect(text).toContain(
        'FAILED  kubeadm-init, 12.5 ms: Command "kubeadm init" run\n        first words\n        last words\n',
      );
      expect(text).toContain('FAILED  a-file, 12.5 ms: Unable to manage file\n        because of this\n');
      expect(text).toContain('from Salt itself\n');
      expect(text).toContain('slipway: stopping: state kubeadm-init: last words\n');
      expect(text).not.toContain('stdout-of-the-command');
    }
    expect(log.startsWith(uploaded)).toBe(true);
  });
});
