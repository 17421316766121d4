import { readdir, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('kubeadm/files/slipway-kubeadm');
  await workshop.standIn('journalctl', 'echo "the kubelet says"');
});

afterEach(() => workshop.remove());

function run(command: string, ...args: string[]): Promise<Exit> {
  return workshop.run('slipway-kubeadm', [command, ...args], { SLIPWAY_ROOT: workshop.folder });
}

/** A kubeadm of version v1.35.1 that does whatever it is told. */
function working(said = ''): Promise<void> {
  return workshop.standIn(
    'kubeadm',
    `case $1 in version) echo v1.35.1 ;; *) echo "$@" >>calls; echo "${said}" ;; esac`,
  );
}

/** A kubeadm that says this and fails. */
function failing(said: string): Promise<void> {
  return workshop.standIn('kubeadm', `echo "$@" >>calls; cat <<'END'\n${said}\nEND\ntest "$1" = reset`);
}

describe('slipway-kubeadm', () => {
  it('keeps what kubeadm says in a log of root alone, and remembers the end', async () => {
    await working('Your Kubernetes control-plane has initialized successfully!');

    const exit = await run('init', 'config.yaml');

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await workshop.read('var/log/slipway-kubeadm.log')).toContain('initialized successfully');
    expect((await stat(workshop.path('var/log/slipway-kubeadm.log'))).mode & 0o777).toBe(0o600);
    expect(await workshop.read('var/lib/slipway/kubeadm')).toBe('v1.35.1\n');
    expect(await readdir(workshop.path('var/lib/slipway'))).toEqual(['kubeadm']);
  });

  it('starts over by a reset after an attempt that failed', async () => {
    await failing('error: no');

    await run('join', 'config.yaml');
    await run('join', 'config.yaml');

    expect(await workshop.read('calls')).toBe('join --config config.yaml\nreset --force\njoin --config config.yaml\n');
    await expect(workshop.read('var/lib/slipway/kubeadm')).rejects.toThrow('ENOENT');
  });

  it.each([
    [
      'error execution phase wait-control-plane: failed while waiting for the control plane to start\nTo see the stack trace of this error execute with --v=5 or higher',
      'wait-control-plane: failed while waiting for the control plane to start',
    ],
    [
      'error: unable to fetch the kubeadm-config ConfigMap\nTo see the stack trace',
      'unable to fetch the kubeadm-config ConfigMap',
    ],
    [
      '[preflight] Some fatal errors occurred:\n\t[ERROR CRI]: container runtime is not running\n\t[ERROR Swap]: running with swap on is not supported\nerror: preflight checks failed',
      'CRI: container runtime is not running; Swap: running with swap on is not supported',
    ],
    [
      'error: error execution phase preflight: [upgrade/version] FATAL: the --version argument is invalid due to these fatal errors:\n\n\t- Specified version to upgrade to "v1.36.0" is too high\n\t- Another\n\nPlease fix the misalignments highlighted above and try upgrading again',
      'preflight: [upgrade/version] FATAL: the --version argument is invalid due to these fatal errors: Specified version to upgrade to "v1.36.0" is too high; Another',
    ],
    [
      "[upgrade/apply] FATAL: couldn't upgrade control plane\nTo see the stack trace",
      "[upgrade/apply] FATAL: couldn't upgrade control plane",
    ],
    ['Segmentation fault', 'Segmentation fault'],
  ])('finds in %j what people should read', async (said, reason) => {
    await failing(said);

    const exit = await run('init', 'config.yaml');

    expect(exit.status).toBe(1);
    expect(exit.stderr).toBe(`kubeadm init: ${reason}\n`);
    expect(exit.stdout).toContain('the kubelet says');
  });

  it('upgrades to its own version without a question, and remembers that', async () => {
    await working();
    await workshop.write('var/lib/slipway/kubeadm', 'v1.34.2\n');

    const exit = await run('upgrade', 'apply', '--config=config.yaml', '--allow-experimental-upgrades');

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await workshop.read('calls')).toBe(
      'upgrade apply v1.35.1 --yes --config=config.yaml --allow-experimental-upgrades\n',
    );
    expect(await workshop.read('var/lib/slipway/kubeadm')).toBe('v1.35.1\n');
  });

  it('never resets a member of a cluster, also after upgrades that failed', async () => {
    await workshop.write('var/lib/slipway/kubeadm', 'v1.34.2\n');
    await failing('error: no');

    const first = await run('upgrade', 'node');
    await run('upgrade', 'node');

    expect(first).toMatchObject({ status: 1, stderr: 'kubeadm upgrade node: no\n' });
    expect(await workshop.read('calls')).toBe('upgrade node\nupgrade node\n');
    expect(await workshop.read('var/lib/slipway/kubeadm')).toBe('v1.34.2\n');
  });
});
