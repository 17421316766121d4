import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  for (const script of ['run.mjs', 'docker-engine.mjs', 'salt-system.mjs', 'boot-packages.mjs']) {
    await copyFile(resolve('scripts', script), join(checkout, 'scripts', script));
  }
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
    errors: 'Usage: node scripts/run.mjs demo|test|bench|test:docker|test:salt|test:lab|test:boot [arguments]\n',
    status: 1,
  });
});

describe('npm run test:lab', () => {
  let keystone: Server;
  let url: string;

  beforeEach(async () => {
    keystone = createServer((_request, response) => response.writeHead(300).end()).listen(0, '127.0.0.1');
    await once(keystone, 'listening');
    url = `http://127.0.0.1:${(keystone.address() as AddressInfo).port}/v3`;
  });
  afterEach(() => keystone.close());

  const built = 'tsc -p tsconfig.build.json\n';
  const tested = 'vitest lab run --project lab\n';

  /** An openstack-lab whose `status` ends as told, and whose other commands say that they ran. */
  async function putLab(statusOfStatus: number, up = ''): Promise<void> {
    await put('clouds.yaml', `{clouds: {lab: {auth: {auth_url: "${url}"}}}}`);
    await put(
      'test/lab/openstack-lab',
      `#!/bin/sh
       [ "$1" != status ] || exit ${statusOfStatus}
       echo "lab $1"
       [ "$1" != up ] || { ${up || ':'}; }`,
    );
    await chmod(join(checkout, 'test/lab/openstack-lab'), 0o755);
  }

  it('brings the lab up when nothing of it runs, and takes it down again', async () => {
    await putLab(3);

    const result = await run(['test:lab']);

    expect(result).toEqual({ output: `${built}lab up\n${tested}lab down\n`, errors: '', status: 0 });
  });

  it('leaves a lab up that was up', async () => {
    await putLab(0);

    const result = await run(['test:lab']);

    expect(result).toEqual({ output: `${built}${tested}`, errors: '', status: 0 });
  });

  it('completes a lab that is up in part, and leaves it to whoever started it', async () => {
    await putLab(1);

    const result = await run(['test:lab']);

    expect(result.output).toBe(`${built}lab up\n${tested}`);
  });

  it('leaves its own lab up when asked to keep it, and passes other arguments to the tests', async () => {
    await putLab(3);

    const result = await run(['test:lab', '--keep', '-t', 'Swift']);

    expect(result.output).toBe(`${built}lab up\nvitest lab run --project lab -t Swift\n`);
  });

  it('brings the tests that take long when asked for all', async () => {
    await putLab(0);

    const result = await run(['test:lab', '--all', '-t', 'Swift']);

    expect(result.output).toBe(`${built}vitest lab run --project lab --project thorough -t Swift\n`);
  });

  it('takes its lab down after tests that failed, and ends with their status', async () => {
    await putLab(3);
    await put('node_modules/vitest/vitest.mjs', 'process.exit(4)');

    const result = await run(['test:lab']);

    expect(result).toEqual({ output: `${built}lab up\nlab down\n`, errors: '', status: 4 });
  });

  it('takes down what a lab that did not come up left running', async () => {
    await putLab(3, 'echo "no database" >&2; exit 1');

    const result = await run(['test:lab']);

    expect(result.output).toBe(`${built}lab up\nlab down\n`);
    expect(result.errors).toBe('no database\nThe lab did not come up; the lines above say why\n');
    expect(result.status).toBe(1);
  });

  it('ends with 77 where the lab cannot run, and names the way to another OpenStack', async () => {
    await putLab(3, 'echo "it takes root" >&2; exit 77');

    const result = await run(['test:lab']);

    expect(result.output).toBe(`${built}lab up\n`);
    expect(result.errors).toMatch(/^it takes root\nTo test against another OpenStack, .* OS_CLIENT_CONFIG_FILE.*\n$/);
    expect(result.status).toBe(77);
  });

  it.each([
    ['SIGINT', 130, 'while it comes up', 'vitest/unused.mjs', 'echo ready; exec sleep 60'],
    ['SIGTERM', 143, 'while the tests run', 'vitest/vitest.mjs', ''],
  ] as const)('takes its lab down when %s (status %i) comes %s', async (signal, status, _when, file, up) => {
    await putLab(3, up);
    await put(`node_modules/${file}`, 'console.log("ready"); setInterval(() => undefined, 1000);');
    const child = start(['test:lab']);
    const closed = once(child, 'close');
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (chunk.includes('ready')) child.kill(signal);
    });

    const [code] = await closed;

    expect(said).toMatch(/^ready\nlab down\n$/m);
    expect(code).toBe(status);
  });

  it("tests somebody else's OpenStack where OS_CLIENT_CONFIG_FILE names its clouds.yaml", async () => {
    await putLab(3);
    await rename(join(checkout, 'clouds.yaml'), join(checkout, 'theirs.yaml'));

    const result = await run(['test:lab'], { OS_CLIENT_CONFIG_FILE: join(checkout, 'theirs.yaml') });

    expect(result).toEqual({ output: `${built}${tested}`, errors: '', status: 0 });
  });

  it('says which OpenStack does not answer', async () => {
    await put('theirs.yaml', 'clouds:\n  lab:\n    auth:\n      auth_url: http://127.0.0.1:65531/v3\n');

    const result = await run(['test:lab'], { OS_CLIENT_CONFIG_FILE: join(checkout, 'theirs.yaml') });

    expect(result.status).toBe(1);
    expect(result.errors).toMatch(/^The OpenStack at http:\/\/127\.0\.0\.1:65531\/v3 .* does not answer\n$/);
  });

  it('says that a clouds.yaml is missing', async () => {
    const result = await run(['test:lab'], { OS_CLIENT_CONFIG_FILE: join(checkout, 'none.yaml') });

    expect(result.status).toBe(1);
    expect(result.errors).toMatch(/none\.yaml cannot be read: .*\n$/);
  });
});
