import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SignedObject } from '../../src/clusters/stack.ts';
import { BootCloud } from './boot-cloud.ts';

/** Names of objects of a release. */
export const server = 'kubernetes-server-linux-amd64.tar.gz';
export const states = 'kubernetes-salt.tar.gz';
export const salt = 'salt-onedir.tar.xz';
export const extra = 'containerd.tar.gz';

/** Characters that mean something to shells, to curl's configuration or to JSON. */
export const password = `p'a"s\\s $(reboot) \`id\` %&*!`;

/** Where a server finds its programs. */
export const usualPath = '/usr/local/bin:/usr/bin:/bin';

const run = promisify(execFile);

/** As boot.sh needs Python but neither xz nor bzip2, so do its tests. */
const packFolder = `import sys, tarfile
path, packing, folder, name = sys.argv[1:]
with tarfile.open(path, "w:" + packing) as archive:
    archive.add(folder, name)`;

/** How a boot went, and what it wrote. */
export interface Boot {
  failed: boolean;
  output: string;
  log: string;
}

/** A directory in the place of a server's `/`, and a cloud that has a release of one object. */
export class BootStage {
  readonly directory: string;
  readonly cloud = new BootCloud();

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<BootStage> {
    const stage = new BootStage(await mkdtemp(join(tmpdir(), 'slipway-boot-')));
    await stage.cloud.open();
    const programs = ['kubelet', 'kubeadm', 'kubectl'].map((name) => `kubernetes/server/bin/${name}`);
    stage.cloud.objects.set(server, await stage.pack(programs));
    return stage;
  }

  async close(): Promise<void> {
    this.cloud.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Where a release is on the server, or something in it. */
  home(...path: string[]): string {
    return join(this.directory, 'root/opt/slipway', ...path);
  }

  /** A compressed tar file with small files of these names. */
  async pack(names: readonly string[], packing = 'gz'): Promise<Buffer> {
    const folder = await mkdtemp(join(this.directory, 'pack-'));
    for (const name of names) {
      await mkdir(join(folder, 'in', name, '..'), { recursive: true });
      await writeFile(join(folder, 'in', name), '#!/bin/sh\n', { mode: 0o755 });
    }
    const [top = '.'] = names[0]?.split('/') ?? [];
    await run('python3', ['-c', packFolder, join(folder, 'out'), packing, join(folder, 'in', top), top]);
    return readFile(join(folder, 'out'));
  }

  /** Puts a program before all others of its name; answers the folder that it is in. */
  async program(name: string, script: string): Promise<string> {
    const folder = join(this.directory, 'programs');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), script, { mode: 0o755 });
    return folder;
  }

  /** One of Swift's objects, as Heat tells a server of it. */
  described(name: string, changes: Partial<Record<keyof SignedObject, unknown>> = {}): object {
    const content = this.cloud.objects.get(name) ?? Buffer.alloc(0);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { kind: kindOf(name), name, url: this.cloud.signed(name), size: content.length, sha256, ...changes };
  }

  /** Fills the parameters in as Heat does, and runs the script as a server would. */
  async boot(changes: Record<string, unknown> = {}, programs?: string): Promise<Boot> {
    const script = await readFile('templates/cloud-init/boot.sh', 'utf8');
    const filled = script.replace('@PARAMETERS@', () => JSON.stringify({ ...this.#parameters(), ...changes }));
    const path = join(this.directory, 'user-data');
    await writeFile(path, filled);
    const env = {
      PATH: programs === undefined ? usualPath : `${programs}:${usualPath}`,
      SLIPWAY_ROOT: join(this.directory, 'root'),
      SLIPWAY_RETRY_SECONDS: '0',
      HOSTNAME: 'ignored',
    };
    const end = await run('bash', [path], { env, timeout: 25_000 }).then(
      ({ stdout, stderr }) => ({ failed: false, output: stdout + stderr }),
      (error: unknown) => {
        if (!isExit(error)) throw error;
        return { failed: true, output: error.stdout + error.stderr };
      },
    );
    return { ...end, log: await readFile(join(this.directory, 'root/var/log/slipway-boot.log'), 'utf8') };
  }

  /** Boots; why the server said that it could not start. Undefined if it did not say so, or said more. */
  async failedBoot(changes: Record<string, unknown> = {}, programs?: string): Promise<string | undefined> {
    const { failed } = await this.boot(changes, programs);
    const [signal, ...others] = this.cloud.signals;
    return failed && signal?.status === 'FAILURE' && others.length === 0 ? signal.reason : undefined;
  }

  #parameters(): object {
    const { url, objects } = this.cloud;
    const user = { user_id: 'user-1', password, project_id: 'project-1' };
    return {
      cluster: 'staging',
      role: 'node',
      version: 'v1.34.2',
      release: 'v1.34.2-0123456789ab',
      objects: [...objects.keys()].map((name) => this.described(name)),
      signal: JSON.stringify({ ...user, auth_url: `${url}/v3/v3`, alarm_url: `${url}/signal` }),
    };
  }
}

/** What execFile rejects with for a program that ended by itself, but badly. */
function isExit(error: unknown): error is { stdout: string; stderr: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

function kindOf(name: string): SignedObject['kind'] {
  if (name.startsWith('salt-onedir.')) return 'salt';
  const kinds: Record<string, SignedObject['kind']> = { [server]: 'kubernetes', [states]: 'states' };
  return kinds[name] ?? 'file';
}
