// `npm run demo`, `npm test`, `npm run test:docker`, `npm run test:salt`, `npm run test:lab` and `npm run bench`:
// everything that a fresh clone needs first, then the thing itself.
// Plain JavaScript without dependencies, since it runs before they are installed.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { preparePackages } from './boot-packages.mjs';
import { cleanUp, findEngineVariables, holds, makeFolder, Unable, which } from './docker-engine.mjs';
import { prepareSaltSystem } from './salt-system.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const labScript = join(root, 'test/lab/openstack-lab');
const labState = process.env.OPENSTACK_LAB_STATE ?? '/var/lib/openstack-lab';
const labClouds = join(labState, 'clouds.yaml');

/** The status of what this machine cannot run. */
const unable = 77;
/** The statuses of openstack-lab that mean more than yes or no. */
const labStatus = { down: 3, unable };
const otherCloud =
  'To test against another OpenStack, name its clouds.yaml in OS_CLIENT_CONFIG_FILE; it needs the entries lab, lab-domain and lab-admin';

/** Ends the script with one sentence and a status. */
class Stop extends Error {
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}

const commands = {
  ...{ demo, test, bench },
  ...{ 'test:docker': testDocker, 'test:salt': testSalt, 'test:lab': testLab, 'test:boot': testBoot },
};

/** The program that this one waits for, and the first signal that came meanwhile. */
let child;
let interrupted;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted ??= signal;
    // A terminal sends Ctrl-C to the child too, and a second one would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Stop ? error.message : `Slipway could not start: ${error.message ?? error}`);
  process.exitCode = error.status ?? 1;
}

async function main([name = '', ...args]) {
  requireNode();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new Stop(`Usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
  await installDependencies();
  return command(args);
}

async function demo(args) {
  await build();
  return run(process.execPath, ['dist/src/main.js', 'demo', ...args]);
}

async function test(args) {
  await build();
  return vitest(['--project', 'unit', '--project', 'integration', ...args]);
}

/** Builds of Kubernetes on the Docker engine that answers, or on one of its own for as long as the tests run. */
async function testDocker(args) {
  try {
    await requirePrograms('busybox', 'git', 'make', 'rsync');
    const folder = await makeFolder();
    const engine = await findEngineVariables(folder);
    // Also what tests that were stopped leave goes with the folder.
    return await vitest(['--project', 'docker', ...args], { ...engine, TMPDIR: folder });
  } catch (error) {
    throw explained('Docker', error);
  } finally {
    await cleanUp();
  }
}

/** The states of templates/salt in a real Salt, each time on a machine of its own that is made of folders. */
async function testSalt(args) {
  try {
    return await vitest(['--project', 'salt', ...args], { SLIPWAY_SALT_SYSTEM: await prepareSaltSystem() });
  } catch (error) {
    throw explained('Salt', error);
  }
}

function explained(what, error) {
  return error instanceof Unable ? new Stop(`The tests with ${what} cannot run: ${error.message}`, unable) : error;
}

async function requirePrograms(...programs) {
  const found = await Promise.all(programs.map((program) => holds(which(program))));
  const missing = programs.filter((_program, index) => !found[index]);
  if (missing.length > 0) throw new Unable(`there is no ${missing.join(' and no ')} on the PATH`);
}

/** `--all` brings what takes ten minutes more: a user of the default domain, faults, and clusters of all kinds. */
async function testLab(args) {
  const more = args.includes('--all') ? ['--project', 'thorough'] : [];
  const others = args.filter((argument) => argument !== '--all');
  return onCloud(others, (env, rest) => vitest(['--project', 'lab', ...more, ...rest], env));
}

/** Servers that really boot, emulated: the lab has to be one of those, which no other lab beside it can be. */
async function testBoot(args) {
  try {
    const salt = await prepareSaltSystem();
    return await onCloud(
      args,
      async (env, others) => {
        await runLab('image');
        const packages = await preparePackages(join(labState, 'image/debian.qcow2'));
        const props = { SLIPWAY_SALT_SYSTEM: salt, SLIPWAY_BOOT_PACKAGES: packages };
        return vitest(['--project', 'boot', ...others], { ...env, ...props });
      },
      ['--virt', 'qemu'],
    );
  } catch (error) {
    throw explained('servers that boot', error);
  }
}

async function runLab(command) {
  const status = await run(labScript, [command]);
  if (status !== 0) throw new Stop(`The lab could not do its part (${command}); the lines above say why`);
}

/** What talks to people needs no cloud, so with `--only chat` none is brought up. */
async function bench(args) {
  const only = args.flatMap((argument, index) => (args[index - 1] === '--only' ? [argument] : []));
  const chat = only.length === 0 || only.includes('chat') ? await vitest(['--project', 'bench']) : 0;
  if (chat !== 0 || (only.length > 0 && only.every((part) => part === 'chat'))) return chat;
  return onCloud(args, (env, others) => run(process.execPath, ['test/bench/bench.mjs', ...others], env));
}

/** Works on the cloud of OS_CLIENT_CONFIG_FILE, or else on the lab of this machine, which `--keep` leaves up. */
async function onCloud(args, work, kind = []) {
  const keep = args.includes('--keep');
  const others = args.filter((argument) => argument !== '--keep');
  await build();
  const clouds = process.env.OS_CLIENT_CONFIG_FILE;
  if (clouds) return work(await cloudVariables(clouds), others);

  const own = await bringLabUp(kind);
  try {
    return await work(await cloudVariables(labClouds), others);
  } finally {
    if (own && !keep) await takeLabDown();
  }
}

async function cloudVariables(clouds) {
  await requireAnswer(clouds);
  return { OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: process.env.OS_CLOUD ?? 'lab' };
}

/** Answers whether it was this run that did: a lab that was up, if only in part, is somebody else's. */
async function bringLabUp(kind) {
  const before = await run(labScript, ['status'], {}, 'ignore');
  if (before === 0) return false;
  const status = await run(labScript, ['up', ...kind]);
  const own = before === labStatus.down;
  if (status === 0) return own;
  if (status === labStatus.unable) throw new Stop(otherCloud, status);
  if (own) await takeLabDown();
  throw new Stop(
    interrupted ? `Stopped by ${interrupted}` : 'The lab did not come up; the lines above say why',
    status,
  );
}

/** To the end, whatever signals come meanwhile: nobody else would stop what runs in the background. */
async function takeLabDown() {
  const status = await new Promise((resolve) => {
    spawn(labScript, ['down'], { stdio: 'inherit', detached: true }).once('error', resolve).once('exit', resolve);
  });
  if (status !== 0) throw new Stop(`The lab is still up: run ${labScript} down`);
}

function requireNode() {
  const wanted = readPackage().engines.node.replace('>=', '');
  if (compareVersions(process.versions.node, wanted) >= 0) return;
  throw new Stop(
    `Slipway needs Node.js ${wanted} or newer, and this is ${process.versions.node}: see https://nodejs.org`,
  );
}

function compareVersions(left, right) {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  return a[0] - b[0] || a[1] - (b[1] ?? 0);
}

function readPackage() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** npm writes node_modules/.package-lock.json last, so a stopped installation counts as none. */
async function installDependencies() {
  const installed = modified('node_modules/.package-lock.json');
  if (installed !== undefined && installed >= (modified('package-lock.json') ?? 0)) return;
  console.error('Installing dependencies (npm ci); this is needed once and after updates');
  const [command, args] = npm('ci', '--include=dev', '--loglevel=error', '--no-progress');
  const status = await run(command, args, {}, ['ignore', 'ignore', 'inherit']);
  if (status !== 0) throw new Stop(`npm ci ended with status ${status}; mend what it says above and try again`);
}

function modified(file) {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs;
}

/** The npm that started this script, or the one on the PATH. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

async function build() {
  const status = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  if (status !== 0) throw new Stop('The build (tsc) stopped; the lines above say where');
}

function vitest(args, env = {}) {
  return run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...args], env);
}

/** Any HTTP answer of the first Keystone in the file will do; the tests find out the rest. */
async function requireAnswer(clouds) {
  const [, url] = /\bauth_url:\s*["']?([^\s"',}]+)/.exec(readClouds(clouds)) ?? [];
  if (url === undefined) throw new Stop(`${clouds} names no auth_url`);
  try {
    await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Stop(`The OpenStack at ${url} (from ${clouds}) does not answer`);
  }
}

function readClouds(clouds) {
  try {
    return readFileSync(clouds, 'utf8');
  } catch (error) {
    throw new Stop(`${clouds} cannot be read: ${error.message}`);
  }
}

/** Runs a program in the repository with this terminal as its own, and answers its exit status. */
function run(command, args, env = {}, stdio = 'inherit') {
  if (interrupted) return 128 + signalNumber(interrupted);
  return new Promise((resolve, reject) => {
    child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...env } });
    child.once('error', (error) => reject(new Stop(`${command} could not be started: ${error.message}`)));
    // As shells do: a program that a signal ended has status 128 + its number.
    child.once('exit', (status, signal) => resolve(status ?? 128 + signalNumber(signal)));
  }).finally(() => {
    child = undefined;
  });
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0;
}
