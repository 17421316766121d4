import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let checkout: string;

/** A checkout in which every program that run.mjs starts is a short script that says what it was asked. */
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'slipway-run-'));
  await put('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19' } }));
  await put('package-lock.json', '{}');
  await put('node_modules/.package-lock.json', '{}');
  await put('node_modules/typescript/bin/tsc', 'console.log("tsc", ...process.argv.slice(2))');
  await put(
    'node_modules/vitest/vitest.mjs',
    'console.log("vitest", process.env.OS_CLOUD ?? "", ...process.argv.slice(2))',
  );
  await put('dist/src/main.js', 'console.log("main", ...process.argv.slice(2))');
  await put('npm.js', 'console.log("noise"); console.error("npm", ...process.argv.slice(2))');
  await mkdir(join(checkout, 'scripts'));
  await copyFile(resolve('scripts/run.mjs'), join(checkout, 'scripts/run.mjs'));
});

afterEach(async () => {
  await rm(checkout, { recursive: true, force: true });
});

async function put(file: string, content: string): Promise<void> {
  const path = join(checkout, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [join(checkout, 'scripts/run.mjs'), ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, npm_execpath: join(checkout, 'npm.js'), OPENSTACK_LAB_STATE: checkout, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = start(args, env);
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { output, errors, status };
}

describe('npm run demo', () => {
  it('builds, then starts the demo with the arguments it was given', async () => {
    const result = await run(['demo', '--once']);

    expect(result).toEqual({ output: 'tsc -p tsconfig.build.json\nmain demo --once\n', errors: '', status: 0 });
  });

  it('ends with the status of the demo', async () => {
    await put('dist/src/main.js', 'process.exit(7)');

    const result = await run(['demo']);

    expect(result.status).toBe(7);
  });

  it('does not start what could not be built', async () => {
    await put('node_modules/typescript/bin/tsc', 'process.exit(2)');

    const result = await run(['demo']);

    expect(result).toEqual({ output: '', errors: expect.stringContaining('The build (tsc) stopped'), status: 1 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and waits for the demo to end by itself', async (signal) => {
    await put(
      'dist/src/main.js',
      `setInterval(() => undefined, 1000);
       process.on('${signal}', () => { console.log('${signal} came'); process.exit(5); });
       console.log('ready');`,
    );
    const child = start(['demo']);
    const output = once(child, 'close');
    const said: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said.push(chunk);
      if (chunk.includes('ready')) child.kill(signal);
    });

    const [status] = await output;

    expect(said.join('')).toContain(`${signal} came`);
    expect(status).toBe(5);
  });
});

describe('dependencies', () => {
  it('are installed when there are none, with a line that says so and without the noise of npm', async () => {
    await rm(join(checkout, 'node_modules/.package-lock.json'));

    const result = await run(['demo']);

    expect(result.errors).toMatch(/^Installing dependencies.*\nnpm ci --include=dev/);
    expect(result.output).not.toContain('noise');
  });

  it('are installed when they are older than package-lock.json', async () => {
    await utimes(join(checkout, 'node_modules/.package-lock.json'), 1, 1);

    const result = await run(['demo']);

    expect(result.errors).toContain('npm ci');
  });

  it('that cannot be installed end the command with a sentence', async () => {
    await rm(join(checkout, 'node_modules/.package-lock.json'));
    await put('npm.js', 'process.exit(3)');

    const result = await run(['demo']);

    expect(result).toMatchObject({
      output: '',
      errors: expect.stringContaining('npm ci ended with status 3'),
      status: 1,
    });
  });
});

it('asks for a newer Node.js in one sentence', async () => {
  await put('package.json', JSON.stringify({ engines: { node: '>=99.1' } }));

  const result = await run(['demo']);

  expect(result.status).toBe(1);
  expect(result.errors).toMatch(/^Slipway needs Node\.js 99\.1 or newer, and this is \d+\.\d+\.\d+: see \S+\n$/);
});

it('runs the unit and integration tests on a fresh build', async () => {
  const result = await run(['test', '-t', 'one name']);

  expect(result.output).toBe(
    'tsc -p tsconfig.build.json\nvitest  run --project unit --project integration -t one name\n',
  );
});

it('says what it can do when asked for something else', async () => {
  const result = await run(['toString']);

  expect(result).toEqual({
    output: '',
    errors: 'Usage: node scripts/run.mjs demo|test|test:lab [arguments]\n',
    status: 1,
  });
});

describe('npm run test:lab', () => {
  it('says in a sentence what to do when there is no OpenStack', async () => {
    const result = await run(['test:lab']);

    expect(result.status).toBe(1);
    expect(result.errors).toMatch(/^There is no OpenStack to test against: set OPENSTACK_LAB .*\n$/);
  });

  it('says which OpenStack does not answer', async () => {
    await put('clouds.yaml', 'clouds:\n  lab:\n    auth:\n      auth_url: http://127.0.0.1:65531/v3\n');

    const result = await run(['test:lab']);

    expect(result.status).toBe(1);
    expect(result.errors).toMatch(/^The OpenStack at http:\/\/127\.0\.0\.1:65531\/v3 .* does not answer/);
  });

  it('brings the lab up with the script that OPENSTACK_LAB names, and points the tests at it', async () => {
    const keystone = createServer((_request, response) => response.writeHead(300).end()).listen(0, '127.0.0.1');
    await once(keystone, 'listening');
    const address = keystone.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const clouds = `{clouds: {lab: {auth: {auth_url: "http://127.0.0.1:${port}/v3"}}}}`;
    await writeFile(join(checkout, 'lab'), `#!/bin/sh\necho "lab $1"\necho '${clouds}' > ${checkout}/clouds.yaml\n`, {
      mode: 0o755,
    });

    const result = await run(['test:lab'], { OPENSTACK_LAB: join(checkout, 'lab') });
    keystone.close();

    const output = 'tsc -p tsconfig.build.json\nlab up\nvitest lab run --project lab\n';
    expect(result).toEqual({ output, errors: '', status: 0 });
  });
});
