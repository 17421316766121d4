// What the checks of images share: an engine, base images where no registry answers, and cleaning up.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const exec = promisify(execFile);
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const minutes = 60_000;
export const cache = '/var/cache/slipway';

/** This machine cannot run the check. */
export class Unable extends Error {}

/** What is to be done in the end, oldest first. */
export const undo = [];

/** Runs a check; the script ends with status 0, 1 when something is wrong, or 77 when this machine cannot run it. */
export async function runCheck(check) {
  try {
    await Promise.race([check(), signalled()]);
  } catch (error) {
    console.error(error instanceof Unable ? `not run: ${error.message}` : explain(error));
    process.exitCode = error instanceof Unable ? 77 : 1;
  } finally {
    await cleanUp();
  }
  process.exit(); // a check that a signal stopped is still under way
}

/** Does what `undo` says, the newest first: containers before the engine, the engine before its folder. */
export async function cleanUp() {
  for (const step of undo.splice(0).reverse()) {
    await step().catch((error) => console.error(`cleaning up: ${error.message}`));
  }
}

/** Throws when this process is told to end, since an engine of its own would not end with it. */
function signalled() {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => reject(new Error(`stopped by ${signal}`)));
    }
  });
}

export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-docker-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A function that runs the docker client against an engine that works. */
export async function findEngine(folder) {
  return dockerClient(await findEngineVariables(folder));
}

/**
 * The environment variables by which docker finds an engine that works: none where one answers already, else those of
 * one that is started in the folder and ends with `cleanUp`.
 */
export async function findEngineVariables(folder) {
  if (!(await succeeds('docker', ['--version']))) throw new Unable('there is no docker client on the PATH');
  if (await succeeds('docker', ['version'])) return {};
  if (process.getuid?.() !== 0) throw new Unable('no Docker engine answers, and only root can start one');
  if (!(await succeeds('dockerd', ['--version'])))
    throw new Unable('no Docker engine answers, and there is no dockerd');

  // Not every kernel has overlayfs, and vfs works everywhere.
  let reason = '';
  for (const driver of ['overlay2', 'vfs']) {
    const home = join(folder, driver);
    const host = await startEngine(home, driver);
    if (host !== undefined) return { DOCKER_HOST: host };
    reason = await lastProblem(join(home, 'log'));
  }
  throw new Unable(`no Docker engine answers, and dockerd does not start on this machine${reason}`);
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
async function startEngine(home, driver) {
  const host = `unix://${home}/docker.sock`;
  await mkdir(home);
  const log = await open(join(home, 'log'), 'w');
  const engine = spawn(
    'dockerd',
    [
      ...['--host', host, '--data-root', `${home}/data`, '--exec-root', `${home}/exec`, '--pidfile', `${home}/pid`],
      ...['--storage-driver', driver, '--bridge=none', '--ip-forward=false', '--iptables=false', '--ip6tables=false'],
    ],
    // In a group of its own: Ctrl-C ends the tests first, and what they clean up needs the engine.
    { stdio: ['ignore', log.fd, log.fd], detached: true },
  );
  const ended = new Promise((resolve) => engine.once('exit', resolve).once('error', resolve));
  await log.close();
  undo.push(() => stopEngine(engine, ended, home));
  const client = dockerClient({ DOCKER_HOST: host });
  for (let second = 0; second < 30 && engine.exitCode === null; second += 1) {
    await pause(1000);
    if (await holds(client(['version']))) return host;
  }
  return undefined;
}

/** Within a minute, and with nothing left mounted: what is mounted cannot be removed. */
async function stopEngine(engine, ended, home) {
  engine.kill('SIGTERM');
  const late = setTimeout(() => engine.kill('SIGKILL'), minutes);
  await ended;
  clearTimeout(late);
  // It leaves at least the network name space that containers shared; the innermost mounts come last in the list.
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1]);
  for (const path of mounts.reverse()) {
    if (path?.startsWith(`${home}/`)) await succeeds('umount', ['--lazy', path]);
  }
}

/** What dockerd said last before it gave up, as the rest of a sentence. */
async function lastProblem(log) {
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  const line = lines.findLast((each) => /failed|level=(error|fatal)/.test(each)) ?? lines.at(-1);
  return line ? `: ${line.slice(0, 300)}` : '';
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
