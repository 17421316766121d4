import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Environment } from '../../config/config.ts';
import { DeployError } from '../../errors.ts';

const run = promisify(execFile);
const updateMilliseconds = 180_000;
const installMilliseconds = 300_000;

/** Where Debian asks whether a package may start its service: the invoke-rc.d policy. */
export const debianPolicyFile = '/usr/sbin/policy-rc.d';

/**
 * Installs the distribution's Redis through apt-get, without its service being started. The lists are fetched first:
 * a container image comes without any. Throws a DeployError with what apt-get said.
 */
export async function installRedis(aptGet: string, env: Environment, policyFile: string): Promise<void> {
  const release = await forbidServiceStart(policyFile);
  try {
    await apt(aptGet, ['update', '-q'], updateMilliseconds, env);
    await apt(aptGet, ['install', '-y', '-q', '--no-install-recommends', 'redis-server'], installMilliseconds, env);
  } finally {
    await release();
  }
}

/** Writes a policy that forbids starting services (status 101), unless there is one already; answers how to undo it. */
async function forbidServiceStart(policyFile: string): Promise<() => Promise<void>> {
  try {
    await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  } catch (error) {
    if (isExisting(error)) return async () => undefined;
    throw error;
  }
  return () => rm(policyFile, { force: true });
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

async function apt(aptGet: string, args: readonly string[], timeout: number, env: Environment): Promise<void> {
  try {
    await run(aptGet, args, { timeout, env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } });
  } catch (cause) {
    throw new DeployError('redis_not_installed', `Installing Redis with apt-get ${args[0]}: ${complaint(cause)}`, {
      hint: 'Set REDIS_URL to a Redis that runs already, or install redis-server yourself.',
      cause,
    });
  }
}

function complaint(cause: unknown): string {
  const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => line.startsWith('E:')) ?? lines.at(-1) ?? String(cause);
}
