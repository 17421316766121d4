// npm run bench [-- --repetitions N] [-- --only swift|glance|up|memory|chat]: what Slipway takes for its work on a real
// OpenStack, beside the programs that people use now. See README.md.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { silentLogger } from '../../dist/src/log.js';
import { readCloud } from '../../dist/src/openstack/clouds.js';
import { connect } from '../../dist/src/openstack/openstack.js';
import { gibibyte, requireRoom } from './files.mjs';
import { summary } from './measure.mjs';
import { table } from './table.mjs';
import { removeStack, upContest } from './up.mjs';
import { glanceContest, memoryCheck, removeContainers, removeImages, swiftContest } from './uploads.mjs';

/** What is compared with: how to see whether it is here, and Debian's package of it. */
const tools = [
  { look: ['python3', '--version'], package: 'python3' },
  { look: ['swift', '--version'], package: 'python3-swiftclient' },
  { look: ['openstack', '--version'], package: 'python3-openstackclient' },
  { look: ['openstack', 'help', 'stack', 'create'], package: 'python3-heatclient' },
];
const contests = { swift: swiftContest, glance: glanceContest, up: upContest };

/** Room for the files of all parts, twice: they are copied into the cloud, and the lab's cloud is on the same disk. */
const room = 12 * gibibyte;

const { values } = parseArgs({
  options: { repetitions: { type: 'string', default: '5' }, only: { type: 'string', multiple: true } },
});

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => interruption.abort(new Error('Stopped; what the bench made has been removed')));
}

try {
  process.exitCode = await main(Number(values.repetitions), values.only ?? [...Object.keys(contests), 'memory']);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(repetitions, parts) {
  requireTools();
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const name = `slipway-bench-${process.pid}`;
  const cloud = process.env.OS_CLOUD ?? 'lab';
  // What runs below reads these: Swift's own program knows no clouds.yaml.
  Object.assign(process.env, variablesOf(cloud));
  const openstack = connect(readCloud(cloud, process.env), { log: silentLogger() });
  const { PATH, HOME, OS_CLIENT_CONFIG_FILE, REDIS_URL } = process.env;
  const env = { PATH, HOME, OS_CLIENT_CONFIG_FILE, ...(REDIS_URL && { REDIS_URL }) };
  const context = { directory, openstack, cloud, env, name, signal: interruption.signal };
  try {
    await requireRoom(directory, room);
    return await report(context, repetitions, parts);
  } finally {
    await removeContainers(openstack.swift, name);
    await removeImages(openstack.glance, name);
    await removeStack(openstack.heat, name);
    await openstack.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function report(context, repetitions, parts) {
  const machine = { processors: cpus().length, loadBefore: loadavg() };
  say(`${machine.processors} processors, load ${machine.loadBefore.map((load) => load.toFixed(1)).join(' ')}`);
  const results = [];
  for (const part of Object.keys(contests).filter((candidate) => parts.includes(candidate))) {
    results.push(...(await compete(await contests[part](context), repetitions)));
  }
  const memory = parts.includes('memory') ? await memoryCheck(context) : undefined;
  say('', `Medians of ${repetitions} runs each, in brackets the least and the most:`, '', table(results));
  if (memory !== undefined) say('', memoryLine(memory));
  const limits = results.filter(({ limit }) => limit !== undefined).map(limitOf);
  for (const { line } of limits) say('', line);
  say('', JSON.stringify({ machine: { ...machine, loadAfter: loadavg() }, repetitions, results, memory }));
  return memory?.kept === false || limits.some(({ kept }) => !kept) ? 1 : 0;
}

/** Both sides in turn, and the other one first every second time: what is measured second finds warmer caches. */
async function compete({ title, slipway, other, parts = () => [], close }, repetitions) {
  const measures = { slipway: [], other: [] };
  const runs = [
    ['slipway', slipway],
    ['other', other.run],
  ];
  try {
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const [side, run] of repetition % 2 === 0 ? runs : runs.toReversed()) {
        const measure = await run();
        measures[side].push(measure);
        say(`${title}: ${side === 'slipway' ? 'Slipway' : other.name} ${measure.wall.toFixed(1)} s`);
      }
    }
  } finally {
    await close?.();
  }
  const whole = { title, slipway: measures.slipway, other: { name: other.name, runs: measures.other } };
  return [whole, ...parts()].map(summarized);
}

function summarized({ title, slipway, other, limit }) {
  return {
    title,
    slipway: { runs: slipway, summary: summary(slipway) },
    other: { ...other, summary: summary(other.runs) },
    limit,
  };
}

/** Whether the median of the wall time is what it has to be, and how that is said. */
function limitOf({ title, slipway, limit }) {
  const { median } = slipway.summary.wall;
  const kept = median < limit;
  return {
    kept,
    line: `${title}: ${median.toFixed(2)} s, ${kept ? 'within' : 'which is more than'} the ${limit} s allowed`,
  };
}

function memoryLine({ title, memory, limit, kept }) {
  const mebibytes = (bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  return `${title}: ${mebibytes(memory)} of memory, ${kept ? 'within' : 'which is more than'} the ${mebibytes(limit)} allowed`;
}

function requireTools() {
  const missing = tools.filter(({ look: [command, ...args] }) => spawnSync(command, args).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.package).join(' ');
  throw new Error(`The bench compares with programs that are not here; on Debian: apt-get install ${packages}`);
}

/** An entry of clouds.yaml as OS_* variables. */
function variablesOf(cloud) {
  const file = process.env.OS_CLIENT_CONFIG_FILE;
  if (!file) throw new Error('Name the clouds.yaml of the cloud to measure in OS_CLIENT_CONFIG_FILE');
  const entry = load(readFileSync(file, 'utf8')).clouds[cloud];
  if (entry === undefined) throw new Error(`${file} has no cloud ${cloud}; name one of its clouds in OS_CLOUD`);
  const settings = { ...entry.auth, region_name: entry.region_name, identity_api_version: 3 };
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`OS_${key.toUpperCase()}`, String(value)]),
  );
}

function say(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}
