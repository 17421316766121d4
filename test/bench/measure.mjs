import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What one run took: wall time and CPU time in seconds, peak memory in bytes.
 *
 * @typedef {{ wall: number, cpu: number, memory: number }} Measure
 */

const wrapper = fileURLToPath(new URL('measured.py', import.meta.url));

/** The kernel's unit of CPU time in /proc, per second. It has been this on every architecture since Linux 2.6. */
const ticksPerSecond = 100;

/**
 * Runs a program to its end and measures it. Throws with its last words when it fails, and the signal's reason.
 *
 * @returns {Promise<Measure>}
 */
export async function measureProgram([command, ...args], { directory, signal }) {
  const output = join(directory, 'measure.json');
  signal.throwIfAborted();
  const child = spawn('python3', [wrapper, output, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-2_000);
    });
  }
  const [status] = await once(child, 'close');
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ''} ended with status ${status}: ${said.trim()}`);
  return JSON.parse(await readFile(output, 'utf8'));
}

/**
 * Begins to measure processes that were running before and go on afterwards. Their peak memories are added up, and are
 * those since they started, since the kernel remembers no others.
 *
 * @param {readonly number[]} pids
 * @returns {Promise<() => Promise<Omit<Measure, 'wall'>>>}
 */
export async function measureRunning(pids) {
  const before = sum(await Promise.all(pids.map(cpuOf)));
  return async () => ({
    cpu: sum(await Promise.all(pids.map(cpuOf))) - before,
    memory: sum(await Promise.all(pids.map(peakMemoryOf))),
  });
}

/** Of the process and of those of its children that have ended: fields 14 to 17 of proc(5)'s stat. */
async function cpuOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(fields.slice(11, 15).map(Number)) / ticksPerSecond;
}

async function peakMemoryOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Median, least and most of each quantity that was measured. */
export function summary(measures) {
  return Object.fromEntries(
    Object.keys(measures[0] ?? {}).map((quantity) => {
      const values = measures.map((measure) => measure[quantity]).sort((one, other) => one - other);
      return [quantity, { median: median(values), least: values[0], most: values.at(-1) }];
    }),
  );
}

function median(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
