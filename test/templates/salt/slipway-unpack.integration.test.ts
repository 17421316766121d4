import { execFile } from 'node:child_process';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

const exec = promisify(execFile);

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('prerequisites/files/slipway-unpack');
  await workshop.write('made/bin/containerd', 'first');
  await pack('containerd-1.tar.gz');
});

afterEach(() => workshop.remove());

async function pack(name: string): Promise<void> {
  await exec('tar', ['-C', workshop.path('made'), '-czf', workshop.path(name), 'bin']);
}

function unpack(archive: string, ...options: string[]): Promise<Exit> {
  const record = workshop.path('state/containerd');
  return workshop.run('slipway-unpack', [...options, workshop.path(archive), workshop.path('usr/local'), record]);
}

async function unpacked(archive: string): Promise<boolean> {
  return (await unpack(archive, '--check')).status === 0;
}

describe('slipway-unpack', () => {
  it('unpacks an archive, and knows that it has', async () => {
    const before = await unpacked('containerd-1.tar.gz');
    const exit = await unpack('containerd-1.tar.gz');
    const after = await unpacked('containerd-1.tar.gz');

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect([before, after]).toEqual([false, true]);
    expect(await workshop.read('usr/local/bin/containerd')).toBe('first');
  });

  it('knows when a program is no longer what was unpacked, and when the archive is another', async () => {
    await unpack('containerd-1.tar.gz');
    await pack('containerd-2.tar.gz');

    const other = await unpacked('containerd-2.tar.gz');
    await workshop.write('usr/local/bin/containerd', 'changed by hand');
    const changed = await unpacked('containerd-1.tar.gz');

    expect([other, changed]).toEqual([false, false]);
  });

  it('replaces a program that runs, and leaves the modes of folders alone', async () => {
    const program = workshop.path('usr/local/bin/containerd');
    await mkdir(workshop.path('usr/local/bin'), { recursive: true, mode: 0o755 });
    await exec('cp', ['/bin/sleep', program]);
    await chmod(workshop.path('made/bin'), 0o700);
    await pack('containerd-1.tar.gz');
    const running = execFile(program, ['60']);

    const exit = await unpack('containerd-1.tar.gz');
    running.kill();

    expect(exit.stderr).toBe('');
    expect(await workshop.read('usr/local/bin/containerd')).toBe('first');
    expect((await stat(workshop.path('usr/local/bin'))).mode & 0o777).toBe(0o755);
  });

  it('says what is wrong with an archive', async () => {
    await workshop.write('containerd-3.tar.gz', 'no archive');

    const exit = await unpack('containerd-3.tar.gz');

    expect(exit).toEqual({ status: 1, stdout: '', stderr: 'containerd-3.tar.gz: it cannot be read as a tar file\n' });
  });
});
