import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('kubeadm/files/slipway-kubeadm');
  await workshop.standIn('journalctl', 'echo "the kubelet says"');
});

afterEach(() => workshop.remove());

function run(command: string): Promise<Exit> {
  return workshop.run('slipway-kubeadm', [command, 'config.yaml'], { SLIPWAY_ROOT: workshop.folder });
}

/** A kubeadm that says this and fails. */
function failing(said: string): Promise<void> {
  return workshop.standIn('kubeadm', `echo "$@" >>calls; cat <<'END'\n${said}\nEND\ntest "$1" = reset`);
}

describe('slipway-kubeadm', () => {
  it('keeps what kubeadm says in a log of root alone, and remembers the end', async () => {
    await workshop.standIn(
      'kubeadm',
      'echo "$@" >>calls; echo "Your Kubernetes control-plane has initialized successfully!"',
    );

    const exit = await run('init');

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await workshop.read('var/log/slipway-kubeadm.log')).toContain('initialized successfully');
    expect((await stat(workshop.path('var/log/slipway-kubeadm.log'))).mode & 0o777).toBe(0o600);
    expect(await workshop.read('var/lib/slipway/kubeadm')).toBe('');
  });

  it('starts over by a reset after an attempt that failed', async () => {
    await failing('error: no');

    await run('join');
    await run('join');

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
    ['Segmentation fault', 'Segmentation fault'],
  ])('finds in %j what people should read', async (said, reason) => {
    await failing(said);

    const exit = await run('init');

    expect(exit.status).toBe(1);
    expect(exit.stderr).toBe(`kubeadm init: ${reason}\n`);
    expect(exit.stdout).toContain('the kubelet says');
  });
});
