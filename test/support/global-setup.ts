import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { silentLogger } from '../../src/log.ts';
import { startRedis } from '../../src/playground/redis/redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Redis that all integration tests share; see freshRedisUrl for a part of it of one's own. */
    redisUrl: string;
  }
}

/** Starts the Redis of the integration tests; always an own one, since tests empty its databases. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-test-redis-'));
  const redis = await startRedis({ directory, log: silentLogger(), env: process.env, say: sayLine });
  project.provide('redisUrl', redis.url);
  return async () => {
    await redis.close();
    await rm(directory, { recursive: true, force: true });
  };
}

function sayLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
