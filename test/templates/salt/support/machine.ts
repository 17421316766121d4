import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeImageArchive } from './images.ts';
import { parseStateRun, type StateRun } from './states.ts';
import type { StoreServer } from './store-server.ts';
import { saltSystem } from './system.ts';

const states = 'templates/salt';
const standIn = join(import.meta.dirname, 'stand-in');

/** Programs that the machine's image has. The three of Kubernetes are in the release. */
const imagePrograms = {
  'usr/bin': ['systemctl', 'systemd-run', 'journalctl', 'containerd', 'ctr', 'socat', 'ip'],
  'usr/sbin': ['modprobe', 'swapoff', 'runc', 'conntrack', 'ebtables', 'iptables', 'ethtool', 'tc'],
};
const imagePlugins = ['loopback', 'bridge', 'host-local', 'portmap'];
const built = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];

export interface MachineOptions {
  readonly role: 'control-plane' | 'node';
  readonly index?: string;
  readonly version?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** More of the pillar `slipway`. */
  readonly pillar?: Readonly<Record<string, unknown>>;
  /** Grains that are not this Debian's. */
  readonly grains?: Readonly<Record<string, unknown>>;
  /** What is in /opt/slipway/files. */
  readonly files?: Readonly<Record<string, Buffer>>;
  readonly store: StoreServer;
}

export interface Exit {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server after the part of its first boot that comes before Salt: a Debian in a folder, whose kernel and programs are
 * stand-ins, with a small release unpacked in it. */
export interface Machine {
  run(...command: string[]): Promise<Exit>;
  apply(): Promise<StateRun>;
  /** A file as the machine sees it, if the machine has written it. */
  read(path: string): Promise<string>;
  write(path: string, content: string): Promise<void>;
  /** How programs were called, such as "kubeadm init --config …". */
  calls(program: string): Promise<string[]>;
  remove(): Promise<void>;
}

export async function newMachine(options: MachineOptions): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-machine-'));
  const upper = join(folder, 'upper');
  await Promise.all(['upper', 'work', 'root', 'kernel'].map((name) => mkdir(join(folder, name))));
  await installImage(upper);
  await installRelease(upper, options.version ?? 'v1.34.2');
  for (const [name, content] of Object.entries(options.files ?? {})) {
    await writeFile(join(upper, 'opt/slipway/files', name), content);
  }
  await configure(upper, options);
  await bootKernel(join(folder, 'kernel'));

  const run = (...command: string[]): Promise<Exit> => enter(folder, command);
  return {
    run,
    apply: async () => {
      const { status, stderr } = await run(
        ...['/opt/slipway/salt-onedir/salt-call', '--local', '--config-dir', '/opt/slipway/etc'],
        ...['--retcode-passthrough', '--out=json', '--out-file=/var/log/salt.json', 'state.apply'],
      );
      const said = await readFile(join(upper, 'var/log/salt.json'), 'utf8').catch(() => '');
      if (said === '') throw new Error(`Salt said nothing: ${stderr}`);
      await rm(join(upper, 'var/log/salt.json'));
      return parseStateRun(status, said);
    },
    read: (path) => readFile(join(upper, path), 'utf8'),
    write: async (path, content) => {
      await mkdir(dirname(join(upper, path)), { recursive: true });
      await writeFile(join(upper, path), content);
    },
    calls: async (program) => {
      const lines = (await readFile(join(upper, 'var/lib/stand-in/calls'), 'utf8')).trim().split('\n');
      const calls = lines.map((line) => (JSON.parse(line) as string[]).join(' '));
      return calls.filter((call) => call.startsWith(`${program} `));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function installImage(upper: string): Promise<void> {
  await installProgram(join(upper, 'usr/lib/stand-in'));
  for (const [folder, programs] of Object.entries(imagePrograms)) {
    await mkdir(join(upper, folder), { recursive: true });
    for (const program of programs) await symlink('/usr/lib/stand-in', join(upper, folder, program));
  }
  for (const plugin of imagePlugins) await installProgram(join(upper, 'usr/lib/cni', plugin));
  for (const plugin of imagePlugins) await installProgram(join(upper, 'usr/libexec/cni', plugin));
  // By this folder Salt knows that systemd has booted the machine.
  await mkdir(join(upper, 'run/systemd/system'), { recursive: true });
  await mkdir(join(upper, 'var/lib/stand-in'), { recursive: true });
  await mkdir(join(upper, 'etc/dnf'), { recursive: true });
  await writeFile(join(upper, 'etc/dnf/dnf.conf'), '[main]\ngpgcheck=1\n');
  await writeFile(join(upper, 'etc/fstab'), '/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n');
}

async function installProgram(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await copyFile(standIn, path);
  await chmod(path, 0o755);
}

/** Unpacked, as the first boot leaves it in a folder that is a server's root. */
export async function installRelease(upper: string, version: string): Promise<void> {
  const bin = join(upper, 'opt/slipway/kubernetes/server/bin');
  const tag = version.replace('+', '_');
  for (const program of ['kubeadm', 'kubectl', 'kubelet']) {
    await installProgram(join(bin, program));
    await appendFile(join(bin, program), `# ${version}\n`);
  }
  for (const name of built) {
    await writeImageArchive(join(bin, `${name}.tar`), `registry.k8s.io/${name}-amd64:${tag}`);
    await writeFile(join(bin, `${name}.docker_tag`), `${tag}\n`);
  }
  await writeFile(join(upper, 'opt/slipway/kubernetes/version'), `${version}\n`);
  await mkdir(join(upper, 'opt/slipway/files'), { recursive: true });
  await cp(states, join(upper, 'opt/slipway/salt'), { recursive: true });
}

/** As the first boot does it. */
async function configure(upper: string, options: MachineOptions): Promise<void> {
  const home = '/opt/slipway';
  const { role, index = '0', version = 'v1.34.2', store } = options;
  const shared = { cluster: 'staging', role, version, release: `${version}-0123456789ab` };
  const hostname = `staging-${role}-${index}`;
  const slipway = { ...shared, index, hostname, settings: settings(options), facts: facts(options), ...options.pillar };
  const minion = {
    file_client: 'local',
    file_roots: { base: [`${home}/salt`] },
    pillar_roots: { base: [`${home}/pillar`] },
    grains: { slipway: shared, ...options.grains },
  };
  const urls = {
    cloud_config_get: store.url('cloud-config.json'),
    join_node_get: store.url('join/node.json'),
    join_node_put: store.url('join/node.json'),
    join_control_plane_get: store.url('join/control-plane.json'),
    join_control_plane_put: store.url('join/control-plane.json'),
    admin_conf_put: store.url('admin.conf'),
    report_put: store.url('report.json'),
    log_put: store.url(`logs/${hostname}.log`),
    upgrade_get: store.url(`upgrades/${hostname}.json`),
    upgrade_put: store.url(`upgraded/${hostname}.json`),
  };
  const written = {
    'etc/minion': minion,
    'etc/store.json': urls,
    'pillar/top.sls': { base: { '*': ['slipway'] } },
    'pillar/slipway.sls': { slipway },
  };
  for (const [path, value] of Object.entries(written)) {
    await mkdir(dirname(join(upper, home, path)), { recursive: true });
    await writeFile(join(upper, home, path), JSON.stringify(value), { mode: 0o600 });
  }
}

function settings(options: MachineOptions): Record<string, unknown> {
  return {
    cluster_id: 'staging-7f3a',
    control_planes: 1,
    pod_cidr: '10.244.0.0/16',
    service_cidr: '10.96.0.0/12',
    dns_domain: 'cluster.local',
    cni: 'flannel',
    image_repository: '',
    cloud_provider: true,
    cinder_csi: true,
    default_storage_class: true,
    proxy: { http: '', https: '', no: '' },
    ...options.settings,
  };
}

function facts(options: MachineOptions): Record<string, unknown> {
  return {
    endpoint: '10.123.0.5',
    public_address: '172.24.5.7',
    subnet: 'c0ffee00-0000-4000-8000-000000000001',
    network: 'c0ffee00-0000-4000-8000-000000000002',
    ...options.facts,
  };
}

/** The files of /proc that the states read and change, as a kernel has them before. */
async function bootKernel(kernel: string): Promise<void> {
  await mkdir(join(kernel, 'net/ipv4'), { recursive: true });
  await writeFile(join(kernel, 'net/ipv4/ip_forward'), '0\n');
  await writeFile(join(kernel, 'swaps'), 'Filename Type Size Used Priority\n/dev/vda2 partition 1048572 0 -2\n');
  await writeFile(join(kernel, 'filesystems'), 'nodev\tproc\n\text4\n');
}

/** Mounts the machine in name spaces of its own, which end with the command. */
const enterScript = `
set -e
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --bind "$2/kernel/net" "$2/root/proc/sys/net"
mount --bind "$2/kernel/swaps" "$2/root/proc/swaps"
mount --bind "$2/kernel/filesystems" "$2/root/proc/filesystems"
root=$2/root
shift 2
exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin SLIPWAY_RETRY_SECONDS=0.2 "$@"
`;

async function enter(folder: string, command: readonly string[]): Promise<Exit> {
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--uts', '--kill-child', 'sh', '-c', enterScript, 'sh', saltSystem(), folder],
      ...command,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status ?? 128, stdout, stderr };
}

/** All manifests that were applied to the cluster, by their file's name. */
export async function appliedManifests(machine: Machine): Promise<Map<string, string>> {
  const { stdout } = await machine.run('ls', '/var/lib/stand-in/applied');
  const names = stdout.trim().split('\n');
  return new Map(
    await Promise.all(
      names.map(
        async (name): Promise<[string, string]> => [name, await machine.read(`var/lib/stand-in/applied/${name}`)],
      ),
    ),
  );
}

/** For tests of what Salt renders. */
export async function componentNames(): Promise<string[]> {
  const entries = await readdir(states, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
