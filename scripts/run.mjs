// `npm run demo`, `npm test` and `npm run test:lab`: everything that a fresh clone needs first, then the thing itself.
// Plain JavaScript without dependencies, since it runs before they are installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const labState = '/var/lib/openstack-lab';

/** Ends the script with one sentence and status 1. */
class Stop extends Error {}

const commands = { demo, test, 'test:lab': testLab };

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Stop ? error.message : `Slipway could not start: ${error.message ?? error}`);
  process.exitCode = 1;
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

async function testLab(args) {
  await build();
  const env = await findLab();
  return vitest(['--project', 'lab', ...args], env);
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

/** What tests need in their environment to find an OpenStack, after bringing one up where that can be done. */
async function findLab() {
  const script = process.env.OPENSTACK_LAB;
  if (script) {
    if (!existsSync(script)) throw new Stop(`OPENSTACK_LAB names ${script}, and there is no such file`);
    const status = await run(script, ['up']);
    if (status !== 0) throw new Stop(`${script} up ended with status ${status}; its last lines are above`);
  }
  const state = process.env.OPENSTACK_LAB_STATE ?? labState;
  const clouds = process.env.OS_CLIENT_CONFIG_FILE ?? join(state, 'clouds.yaml');
  if (!existsSync(clouds)) {
    throw new Stop(
      'There is no OpenStack to test against: set OPENSTACK_LAB to the openstack-lab script, or OS_CLIENT_CONFIG_FILE to a clouds.yaml with an entry named lab',
    );
  }
  await requireAnswer(clouds);
  return { OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: process.env.OS_CLOUD ?? 'lab' };
}

/** Any HTTP answer of the first Keystone in the file will do; the tests find out the rest. */
async function requireAnswer(clouds) {
  const [, url] = /\bauth_url:\s*["']?([^\s"',}]+)/.exec(readFileSync(clouds, 'utf8')) ?? [];
  if (url === undefined) throw new Stop(`${clouds} names no auth_url`);
  try {
    await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Stop(
      `The OpenStack at ${url} (from ${clouds}) does not answer; start it, or set OPENSTACK_LAB to its script`,
    );
  }
}

/** Runs a program in the repository with this terminal as its own, and answers its exit status. */
function run(command, args, env = {}, stdio = 'inherit') {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...env } });
    const stopPassing = passSignals(child);
    child.once('error', (error) => {
      stopPassing();
      reject(new Stop(`${command} could not be started: ${error.message}`));
    });
    child.once('exit', (status, signal) => {
      stopPassing();
      // As shells do: a program that a signal ended has status 128 + its number.
      resolve(status ?? 128 + signalNumber(signal));
    });
  });
}

function passSignals(child) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const listener = () => {
      // A terminal sends Ctrl-C to the child too, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, listener);
    return [signal, listener];
  });
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0;
}
