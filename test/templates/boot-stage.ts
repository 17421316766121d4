import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SignedObject } from '../../src/clusters/stack.ts';
import { BootCloud } from './boot-cloud.ts';
import { SaltStandIn, saltCall } from './salt-stand-in.ts';

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

/** What was packed before: the same for all tests of a file. */
const packs = new Map<string, Buffer>();

/** How a boot went, and what it wrote. */
export interface Boot {
  failed: boolean;
  output: string;
  log: string;
}

/** How a boot is run. */
export interface BootOpts {
  /** A folder of programs that come before all others. */
  programs?: string;
  /** The program with its first arguments that runs the script, instead of bash. */
  under?: readonly [string, ...string[]];
}

/** A directory in the place of a server's `/`, and a cloud that has a release of the least that boots. */
export class BootStage {
  readonly directory: string;
  readonly cloud = new BootCloud();
  readonly salt: SaltStandIn;

  private constructor(directory: string) {
    this.directory = directory;
    this.salt = new SaltStandIn(directory);
  }

  static async open(): Promise<BootStage> {
    const stage = new BootStage(await mkdtemp(join(tmpdir(), 'slipway-boot-')));
    await stage.cloud.open();
    const programs = ['kubelet', 'kubeadm', 'kubectl'].map((name) => `kubernetes/server/bin/${name}`);
    stage.cloud.objects.set(server, await stage.pack(programs));
    stage.cloud.objects.set(states, await stage.pack(['salt/top.sls']));
    stage.cloud.objects.set(salt, await stage.pack(['salt/salt-call'], 'xz'));
    return stage;
  }

  async close(): Promise<void> {
    this.cloud.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A path on the server. */
  path(...path: string[]): string {
    return join(this.directory, 'root', ...path);
  }

  /** Where a release is on the server, or something in it. */
  home(...path: string[]): string {
    return this.path('opt/slipway', ...path);
  }

  /** A compressed tar file with small programs of these names. Whatever is called salt-call stands in for it. */
  async pack(names: readonly string[], packing = 'gz'): Promise<Buffer> {
    const key = [packing, ...names].join(' ');
    const packed = packs.get(key) ?? (await this.#pack(names, packing));
    packs.set(key, packed);
    return packed;
  }

  async #pack(names: readonly string[], packing: string): Promise<Buffer> {
    const folder = await mkdtemp(join(this.directory, 'pack-'));
    for (const name of names) {
      await mkdir(join(folder, 'in', name, '..'), { recursive: true });
      const content = name.endsWith('/salt-call') ? saltCall : '#!/bin/sh\n';
      await writeFile(join(folder, 'in', name), content, { mode: 0o755 });
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

  /** All of Swift's objects as a release. */
  release(): object[] {
    return [...this.cloud.objects.keys()].map((name) => this.described(name));
  }

  /** Writes the parameters as cloud-init does, and runs the script as a server would. */
  async boot(changes: Record<string, unknown> = {}, opts: BootOpts = {}): Promise<Boot> {
    return this.bootWith(JSON.stringify({ ...this.#parameters(), ...changes }), opts);
  }

  /** Boots with a parameters file of this content, or with none. */
  async bootWith(parameters: string | undefined, { programs, under }: BootOpts = {}): Promise<Boot> {
    await mkdir(this.path('var/lib/slipway'), { recursive: true });
    if (parameters !== undefined) {
      await writeFile(this.path('var/lib/slipway/parameters.json'), parameters, { mode: 0o600 });
    }
    await this.salt.prepare();
    const env = {
      PATH: programs === undefined ? usualPath : `${programs}:${usualPath}`,
      SLIPWAY_ROOT: this.path(),
      SLIPWAY_RETRY_SECONDS: '0',
      HOSTNAME: 'ignored',
    };
    const [program, ...first] = under ?? ['bash'];
    const end = await run(program, [...first, 'templates/cloud-init/boot.sh'], { env, timeout: 25_000 }).then(
      ({ stdout, stderr }) => ({ failed: false, output: stdout + stderr }),
      (error: unknown) => {
        if (!isExit(error)) throw error;
        return { failed: true, output: error.stdout + error.stderr };
      },
    );
    return { ...end, log: await readFile(this.path('var/log/slipway-boot.log'), 'utf8') };
  }

  /** Boots; why the server said that it could not start. Undefined if it did not say so, or said more. */
  async failedBoot(changes: Record<string, unknown> = {}, opts: BootOpts = {}): Promise<string | undefined> {
    const { failed } = await this.boot(changes, opts);
    const [signal, ...others] = this.cloud.signals;
    return failed && signal?.status === 'FAILURE' && others.length === 0 ? signal.reason : undefined;
  }

  #parameters(): object {
    const { url } = this.cloud;
    const user = { user_id: 'user-1', password, project_id: 'project-1' };
    return {
      cluster: 'staging',
      role: 'node',
      index: '0',
      version: 'v1.34.2',
      release: 'v1.34.2-0123456789ab',
      objects: this.release(),
      store: {
        join_node_get: this.cloud.signed('deployment-1/join/node.json'),
        log_put: this.cloud.signed('deployment-1/logs/@HOST@.log'),
        upgrade_get: this.cloud.signed('deployment-1/upgrades/@HOST@.json'),
        upgrade_put: this.cloud.signed('deployment-1/upgraded/@HOST@.json'),
      },
      settings: {
        cluster_id: 'staging-1',
        control_planes: 1,
        cinder_csi: 'True',
        proxy: { http: '', https: '', no: '' },
      },
      facts: { endpoint: '10.123.0.5', public_address: '', subnet: 'subnet-1', network: 'network-1' },
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
