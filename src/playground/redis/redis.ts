import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../config/config.ts';
import { DeployError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { claimDirectory, recordOwner } from './claim-directory.ts';
import { findExecutable } from './find-executable.ts';
import { debianPolicyFile, installRedis } from './install-redis.ts';
import { pingRedis } from './ping-redis.ts';
import { type RedisProgram, startRedisProcess } from './redis-process.ts';

const run = promisify(execFile);
const serverNames = ['redis-server', 'valkey-server'];
const dockerImage = 'redis:7-alpine';
const dockerAnswerMilliseconds = 5000;
const serverStartMilliseconds = 15_000;
/** A first start pulls the image. */
const dockerStartMilliseconds = 180_000;

export interface StartRedisOptions {
  /** REDIS_URL: taken as it is when it answers PING. */
  url?: string | undefined;
  /** Where an own Redis keeps its append-only file; made if need be. One Redis at a time may use it. */
  directory: string;
  log: Logger;
  /** Where the PATH comes from, and what children see. */
  env: Environment;
  /** Says a line to whoever waits, before something that takes a while. Goes to the log by default. */
  say?: ((line: string) => void) | undefined;
  /** Whether apt-get may install packages; what the system says of this process by default. */
  root?: boolean | undefined;
  /** Debian's invoke-rc.d policy; another place for tests. */
  policyFile?: string | undefined;
}

export interface StartedRedis {
  url: string;
  /** True for a process of ours: close() ends it, and so does the end of this process, however it comes. */
  ownProcess: boolean;
  close(): Promise<void>;
}

/**
 * Finds a Redis for the playground and the tests: `url`, else redis-server or valkey-server on the PATH, else a Docker
 * engine, else the distribution's package where apt-get is there and may be used. Throws a DeployError when nothing of
 * these is to be had, or when `url` was given and does not answer.
 */
export async function startRedis(options: StartRedisOptions): Promise<StartedRedis> {
  if (options.url !== undefined) return givenRedis(options.url);

  const directory = resolve(options.directory);
  const program = await findProgram(directory, options);
  await mkdir(directory, { recursive: true });
  await claimDirectory(directory);
  const started = await startRedisProcess(program);
  await recordOwner(directory, started.pid);
  options.log.info({ url: started.url, pid: started.pid, directory, program: program.title }, 'started a Redis');
  return { url: started.url, ownProcess: true, close: started.close };
}

async function givenRedis(url: string): Promise<StartedRedis> {
  try {
    await pingRedis(url);
  } catch (cause) {
    throw new DeployError('redis_unreachable', `The Redis at ${withoutPassword(url)} does not answer`, {
      hint: 'Start it or correct REDIS_URL; without REDIS_URL one is started for you.',
      cause,
    });
  }
  return { url, ownProcess: false, close: async () => undefined };
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'REDIS_URL';
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

async function findProgram(directory: string, options: StartRedisOptions): Promise<RedisProgram> {
  const { env } = options;
  const found = (await serverProgram(directory, env)) ?? (await dockerProgram(directory, env));
  if (found !== undefined) return found;

  const aptGet = await findExecutable(['apt-get'], env);
  const root = options.root ?? process.getuid?.() === 0;
  if (aptGet === undefined || !root) throw noRedis();

  const say = options.say ?? ((line: string) => options.log.info(line));
  say('There is no Redis on this machine: installing redis-server with apt-get, which may take a minute');
  await installRedis(aptGet, env, options.policyFile ?? debianPolicyFile);
  const installed = await serverProgram(directory, env);
  if (installed === undefined) throw noRedis();
  return installed;
}

function noRedis(): DeployError {
  return new DeployError('no_redis', 'Slipway needs a Redis, and this machine has none that it could start', {
    hint: 'Install redis-server (or valkey-server, or Docker), or set REDIS_URL to a Redis that runs already.',
  });
}

async function serverProgram(directory: string, env: Environment): Promise<RedisProgram | undefined> {
  const command = await findExecutable(serverNames, env);
  if (command === undefined) return undefined;
  return {
    title: command,
    command,
    arguments: (port) => ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, ...settings],
    env,
    startMilliseconds: serverStartMilliseconds,
  };
}

/** The image runs in the foreground, so that ending the docker client ends the container. */
async function dockerProgram(directory: string, env: Environment): Promise<RedisProgram | undefined> {
  const command = await findExecutable(['docker'], env);
  if (command === undefined || !(await engineAnswers(command, env))) return undefined;
  return {
    title: 'Docker',
    command,
    arguments: (port) => [
      ...['run', '--rm', '--publish', `127.0.0.1:${port}:6379`, '--volume', `${directory}:/data`],
      ...ownUser(),
      // Inside, every connection comes from the engine's bridge; it is the published port that is for this machine only.
      ...[dockerImage, 'redis-server', '--dir', '/data', '--protected-mode', 'no', ...settings],
    ],
    env,
    startMilliseconds: dockerStartMilliseconds,
  };
}

/** What is written into the folder belongs to whoever started the playground. */
function ownUser(): readonly string[] {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  return user === undefined || group === undefined ? [] : ['--user', `${user}:${group}`];
}

async function engineAnswers(docker: string, env: Environment): Promise<boolean> {
  return run(docker, ['version', '--format', '{{.Server.Version}}'], {
    timeout: dockerAnswerMilliseconds,
    env: env,
  }).then(
    () => true,
    () => false,
  );
}

/** As in production (docker-compose.yml), and with databases enough for every test file to have one. */
const settings: readonly string[] = [
  ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
  ...['--maxmemory-policy', 'noeviction', '--databases', '512'],
];
