import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { findExecutable } from '../../../src/playground/redis/find-executable.ts';
import { type StartedRedis, type StartRedisOptions, startRedis } from '../../../src/playground/redis/redis.ts';
import { compileSource } from '../../support/compile.ts';
import { freshRedisUrl } from '../../support/redis.ts';

const realServer = await findExecutable(['redis-server', 'valkey-server'], process.env);

let folder: string;
let programs: string;
let started: StartedRedis[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-redis-'));
  programs = join(folder, 'bin');
  await mkdir(programs);
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((redis) => redis.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<StartRedisOptions> = {}): Promise<StartedRedis> {
  const redis = await startRedis({
    directory: join(folder, 'redis'),
    log: silentLogger(),
    env: { PATH: programs },
    policyFile: join(folder, 'policy-rc.d'),
    ...options,
  });
  started.push(redis);
  return redis;
}

/** Puts a shell script on the PATH of the test; it finds the system's own programs. */
async function putProgram(name: string, script: string): Promise<void> {
  const path = join(programs, name);
  await writeFile(path, `#!/bin/sh\nPATH=${process.env.PATH}\n${script}\n`);
  await chmod(path, 0o755);
}

async function putRealServer(name = 'redis-server'): Promise<void> {
  if (realServer === undefined) throw new Error('these tests need redis-server or valkey-server on the PATH');
  await symlink(realServer, join(programs, name));
}

async function ask(url: string, ...command: [string, ...string[]]): Promise<unknown> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    const [name, ...args] = command;
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}

async function silentWithin(url: string, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await sleep(50)) {
    const answered = await ask(url, 'PING').then(
      () => true,
      () => false,
    );
    if (!answered) return true;
  }
  return false;
}

describe('a REDIS_URL that was given', () => {
  it('is taken as it is, and left running by close', async () => {
    const url = await freshRedisUrl();
    const redis = await start({ url });

    await redis.close();

    expect(redis).toMatchObject({ url, ownProcess: false });
    await expect(ask(url, 'PING')).resolves.toBe('PONG');
  });

  it('is refused in one sentence without its password when nobody answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    server.close();

    const refusal = start({ url: `redis://:hunter2@127.0.0.1:${port}` });

    await expect(refusal).rejects.toMatchObject({
      code: 'redis_unreachable',
      message: `The Redis at redis://127.0.0.1:${port} does not answer`,
      hint: expect.stringContaining('REDIS_URL'),
    });
  });
});

describe('a server on the PATH', () => {
  it.each(['redis-server', 'valkey-server'])('is started as an own process: %s', async (name) => {
    await putRealServer(name);

    const redis = await start();

    expect(redis.ownProcess).toBe(true);
    await expect(ask(redis.url, 'PING')).resolves.toBe('PONG');
  });

  it('keeps an append-only file in the folder, drops nothing and listens to this machine only', async () => {
    await putRealServer();

    const redis = await start();

    await expect(ask(redis.url, 'CONFIG', 'GET', 'appendonly')).resolves.toEqual(['appendonly', 'yes']);
    await expect(ask(redis.url, 'CONFIG', 'GET', 'maxmemory-policy')).resolves.toContain('noeviction');
    await expect(ask(redis.url, 'CONFIG', 'GET', 'bind')).resolves.toContain('127.0.0.1');
    await expect(readdir(join(folder, 'redis'))).resolves.toContain('appendonlydir');
  });

  it('finds its data again when started on the same folder', async () => {
    await putRealServer();
    const first = await start();
    await ask(first.url, 'SET', 'cluster', 'staging');
    await first.close();

    const second = await start();

    await expect(ask(second.url, 'GET', 'cluster')).resolves.toBe('staging');
  });

  it('is not started twice on one folder', async () => {
    await putRealServer();
    await start();

    const second = start();

    await expect(second).rejects.toMatchObject({
      code: 'redis_directory_in_use',
      message: expect.stringContaining(join(folder, 'redis')),
    });
  });

  it('is gone after close, which may be called twice', async () => {
    await putRealServer();
    const redis = await start();

    await redis.close();
    await redis.close();

    await expect(ask(redis.url, 'PING')).rejects.toThrow();
  });

  it('says why when the server ends at once', async () => {
    await putProgram('redis-server', 'echo "Fatal error: no room left" >&2; exit 3');

    const refusal = start();

    await expect(refusal).rejects.toMatchObject({
      code: 'redis_not_started',
      message: expect.stringContaining('Fatal error: no room left'),
      hint: expect.stringContaining('REDIS_URL'),
    });
  });

  it('ends with its parent even when the parent is killed without warning', async () => {
    await putRealServer();
    const module = await compileSource('src/playground/redis/redis.ts', folder);
    const script = `
      import { startRedis } from ${JSON.stringify(module)};
      const silent = { info() {} };
      const redis = await startRedis({ directory: process.argv[1], env: process.env, log: silent });
      console.log(redis.url);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script, join(folder, 'redis')], {
      env: { PATH: programs },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
    await expect(ask(url.trim(), 'PING')).resolves.toBe('PONG');

    parent.kill('SIGKILL');

    await expect(silentWithin(url.trim(), 5000)).resolves.toBe(true);
  });
});

describe('a Docker engine', () => {
  /** Answers like the docker client, and has a Redis of this machine do what the container would. */
  const dockerClient = `
    echo "$*" >> "$0.log"
    [ "$1" = version ] && { echo 28.0.0; exit 0; }
    port=$(echo "$*" | sed -n 's/.*127\\.0\\.0\\.1:\\([0-9]*\\):6379.*/\\1/p')
    exec ${realServer} --port "$port" --bind 127.0.0.1 --save ""`;

  it('is used when there is no server: published on this machine only, removed when it ends', async () => {
    await putProgram('docker', dockerClient);

    const redis = await start();

    await expect(ask(redis.url, 'PING')).resolves.toBe('PONG');
    const commands = await readFile(join(programs, 'docker.log'), 'utf8');
    const port = new URL(redis.url).port;
    expect(commands).toContain(`run --rm --publish 127.0.0.1:${port}:6379 --volume ${join(folder, 'redis')}:/data`);
    expect(commands).toMatch(/redis:7-alpine redis-server .*--appendonly yes/);
  });

  it('is passed over when the client has no engine to talk to', async () => {
    await putProgram('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');

    const refusal = start();

    await expect(refusal).rejects.toMatchObject({ code: 'no_redis' });
  });

  it('says what Docker said when the image cannot be had', async () => {
    await putProgram(
      'docker',
      '[ "$1" = version ] && exit 0; echo "docker: Error response: pull access denied" >&2; exit 125',
    );

    const refusal = start();

    await expect(refusal).rejects.toMatchObject({
      code: 'redis_not_started',
      message: 'Starting a Redis with Docker: docker: Error response: pull access denied',
    });
  });
});

describe("the distribution's package", () => {
  const policy = () => join(folder, 'policy-rc.d');

  it('is installed for root after fetching the lists, and its service is kept from starting meanwhile', async () => {
    const said: string[] = [];
    await putProgram(
      'apt-get',
      `echo "$1" >> "$0.log"
      sh "${policy()}"; echo "policy $?" >> "$0.log"
      [ "$1" = install ] && ln -s ${realServer} ${programs}/redis-server || true`,
    );

    const redis = await start({ root: true, say: (line) => said.push(line) });

    await expect(ask(redis.url, 'PING')).resolves.toBe('PONG');
    expect(said).toEqual([expect.stringContaining('installing redis-server with apt-get')]);
    const log = await readFile(join(programs, 'apt-get.log'), 'utf8');
    expect(log).toBe('update\npolicy 101\ninstall\npolicy 101\n');
    await expect(access(policy())).rejects.toThrow();
  });

  it('leaves a policy alone that was there before', async () => {
    await putProgram('apt-get', `[ "$1" = install ] && ln -s ${realServer} ${programs}/redis-server || true`);
    await writeFile(policy(), '#!/bin/sh\nexit 104\n', { mode: 0o755 });

    await start({ root: true });

    await expect(readFile(policy(), 'utf8')).resolves.toContain('exit 104');
  });

  it('is not touched by anybody but root', async () => {
    await putProgram('apt-get', 'touch "$0.called"');

    const refusal = start({ root: false });

    await expect(refusal).rejects.toMatchObject({ code: 'no_redis' });
    await expect(stat(join(programs, 'apt-get.called'))).rejects.toThrow();
  });

  it('says what apt-get said, and takes its policy away again', async () => {
    await putProgram(
      'apt-get',
      'echo "Reading lists" >&2; echo "E: Unable to locate package redis-server" >&2; exit 100',
    );

    const refusal = start({ root: true });

    await expect(refusal).rejects.toMatchObject({
      code: 'redis_not_installed',
      message: 'Installing Redis with apt-get update: E: Unable to locate package redis-server',
    });
    await expect(access(policy())).rejects.toThrow();
  });
});

it('says in one sentence what to do on a machine with nothing', async () => {
  const refusal = start();

  await expect(refusal).rejects.toMatchObject({
    code: 'no_redis',
    message: 'Slipway needs a Redis, and this machine has none that it could start',
    hint: expect.stringContaining('REDIS_URL'),
  });
});
