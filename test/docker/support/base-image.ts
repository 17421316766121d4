import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/**
 * Puts an image into the engine that holds a busybox and nothing else: FROM scratch, since no registry is needed for it.
 * Busybox has to be one that wants no libraries (Debian's package busybox-static).
 */
export async function importBusybox(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-busybox-'));
  try {
    await fillSystem(folder);
    await exec('tar', ['-C', folder, '-cf', `${folder}.tar`, '.']);
    await exec('docker', ['import', '--change', 'CMD ["sleep", "3600"]', `${folder}.tar`, name]);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(`${folder}.tar`, { force: true });
  }
}

async function fillSystem(folder: string): Promise<void> {
  const { stdout: path } = await exec('sh', ['-c', 'command -v busybox']);
  const { stdout: programs } = await exec('busybox', ['--list']);
  for (const each of ['bin', 'etc', 'root', 'usr']) await mkdir(join(folder, each), { recursive: true });
  await mkdir(join(folder, 'tmp'), { mode: 0o1777 });
  await copyFile(path.trim(), join(folder, 'bin/busybox'));
  const others = programs.split('\n').filter((program) => program !== '' && program !== 'busybox');
  for (const program of others) await symlink('busybox', join(folder, 'bin', program));
}
