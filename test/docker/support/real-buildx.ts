import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/**
 * A folder for DOCKER_CONFIG with this machine's own plugin buildx; undefined where there is none, or where it cannot
 * start a builder, which takes an image from a registry and privileged containers.
 */
export async function findRealBuildx(): Promise<string | undefined> {
  const plugin = await installedPlugin();
  if (plugin === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-buildx-'));
  await mkdir(join(folder, 'cli-plugins'));
  await symlink(plugin, join(folder, 'cli-plugins/docker-buildx'));
  const env = { ...process.env, DOCKER_CONFIG: folder };
  const name = `slipway-test-${process.pid}-probe`;
  try {
    await exec('docker', ['buildx', 'create', '--name', name, '--bootstrap'], { env, timeout: 60_000 });
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  } finally {
    await exec('docker', ['buildx', 'rm', '--force', name], { env, timeout: 60_000 }).catch(() => undefined);
  }
}

async function installedPlugin(): Promise<string | undefined> {
  const { stdout } = await exec('docker', ['info', '--format', '{{json .ClientInfo.Plugins}}']);
  const plugins: readonly { Name: string; Path?: string; Err?: unknown }[] = JSON.parse(stdout) ?? [];
  return plugins.find(({ Name, Err }) => Name === 'buildx' && Err === undefined)?.Path;
}
