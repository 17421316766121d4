// What the checks of images share: an engine, base images where no registry answers, and cleaning up.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const exec = promisify(execFile);
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const minutes = 60_000;
const cache = '/var/cache/slipway';

/** This machine cannot run the check. */
export class Unable extends Error {}

/** What is to be done in the end, oldest first. */
export const undo = [];

/** Runs a check; the script ends with status 0, 1 when something is wrong, or 77 when this machine cannot run it. */
export async function runCheck(check) {
  try {
    await check();
  } catch (error) {
    console.error(error instanceof Unable ? `not run: ${error.message}` : explain(error));
    process.exitCode = error instanceof Unable ? 77 : 1;
  } finally {
    // The newest first: containers before the engine, the engine before its folder.
    for (const step of undo.reverse()) await step().catch((error) => console.error(`cleaning up: ${error.message}`));
  }
}

export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-docker-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A function that runs the docker client against an engine that works. */
export async function findEngine(folder) {
  if (!(await succeeds('docker', ['--version']))) throw new Unable('there is no docker client on the PATH');
  if (await succeeds('docker', ['version'])) return dockerClient({});
  if (process.getuid?.() !== 0) throw new Unable('no Docker engine answers, and only root can start one');
  if (!(await succeeds('dockerd', ['--version'])))
    throw new Unable('no Docker engine answers, and there is no dockerd');

  // Not every kernel has overlayfs, and vfs works everywhere.
  const host = (await startEngine(folder, 'overlay2')) ?? (await startEngine(folder, 'vfs'));
  if (host === undefined) throw new Unable('no Docker engine answers, and dockerd does not start on this machine');
  return dockerClient({ DOCKER_HOST: host });
}

function dockerClient(env) {
  return (args, options = {}) =>
    exec('docker', args, {
      cwd: root,
      env: { ...process.env, ...env },
      timeout: 5 * minutes,
      maxBuffer: 64 * 1024 * 1024,
      ...options,
    });
}

/** An engine without networks of its own: containers share the host's, so no firewall rules are touched. */
async function startEngine(folder, driver) {
  const home = join(folder, driver);
  const host = `unix://${home}/docker.sock`;
  await mkdir(home);
  const engine = spawn(
    'dockerd',
    [
      ...['--host', host, '--data-root', `${home}/data`, '--exec-root', `${home}/exec`, '--pidfile', `${home}/pid`],
      ...['--storage-driver', driver, '--bridge=none', '--ip-forward=false', '--iptables=false', '--ip6tables=false'],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => engine.once('exit', resolve));
  undo.push(async () => {
    engine.kill('SIGTERM');
    await ended;
    // It leaves the network name space that containers shared mounted, and a mount point cannot be removed.
    await succeeds('umount', [`${home}/exec/netns/default`]);
  });
  const client = dockerClient({ DOCKER_HOST: host });
  for (let second = 0; second < 30 && engine.exitCode === null; second += 1) {
    await pause(1000);
    if (await holds(client(['version']))) return host;
  }
  return undefined;
}

export async function canPull(docker, ...images) {
  const pulls = images.map((image) => holds(docker(['pull', '--quiet', image], { timeout: 3 * minutes })));
  if ((await Promise.all(pulls)).every(Boolean)) return true;
  if (process.getuid?.() !== 0 || !(await succeeds('debootstrap', ['--version']))) {
    throw new Unable('no registry can be reached, and making a base image takes root and debootstrap');
  }
  return false;
}

/** The folder of a small Debian 12 that trusts what this machine trusts, and takes packages from where it does. */
export async function unpackDebian(folder, name) {
  const system = join(folder, name);
  await mkdir(system);
  await exec('tar', ['-C', system, '-xf', await debianArchive(folder)], { timeout: minutes });
  for (const file of ['/etc/ssl/certs/ca-certificates.crt', '/etc/apt/sources.list.d/debian.sources']) {
    if (existsSync(file)) await copyFile(file, join(system, file));
  }
  return system;
}

/** A small Debian 12, kept for the next time. */
async function debianArchive(folder) {
  const archive = join(cache, `bookworm-${process.arch}.tar`);
  if (existsSync(archive)) return archive;
  say('making a Debian base image with debootstrap, once');
  const system = join(folder, 'debian');
  await exec('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', system], {
    timeout: 5 * minutes,
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const ballast of ['var/cache/apt/archives', 'usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
    await rm(join(system, ballast), { recursive: true, force: true });
  }
  await mkdir(cache, { recursive: true });
  await exec('tar', ['-C', system, '-cf', `${archive}.part`, '.'], { timeout: minutes });
  await exec('mv', [`${archive}.part`, archive]);
  return archive;
}

export async function importImage(docker, system, name, change) {
  const archive = `${system}.tar`;
  await exec('tar', ['-C', system, '-cf', archive, '.'], { timeout: minutes });
  await docker(['import', '--change', change, archive, name]);
  await rm(archive);
}

export async function which(program) {
  return (await exec('sh', ['-c', 'command -v "$1"', 'sh', program])).stdout.trim();
}

export function succeeds(program, args) {
  return holds(exec(program, args, { timeout: 20_000 }));
}

export function holds(promise) {
  return promise.then(
    () => true,
    () => false,
  );
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function say(line) {
  console.log(line);
}

/** What a program said last, rather than the command line that Node.js repeats. */
function explain(error) {
  const said = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  return said === '' ? error.message : `${error.message.split('\n')[0]}\n${said}`;
}
