import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { silentLogger } from '../../src/log.ts';
import { type StartedRedis, startRedis } from '../../src/playground/redis/redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A Redis for each of the files that run side by side; see freshRedisUrl for a part of one's own. */
    redisUrls: readonly string[];
  }
}

/** Starts the Redis servers of the integration tests; always own ones, since tests empty their databases. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-test-redis-'));
  const servers: StartedRedis[] = [];
  for (let worker = 1; worker <= project.config.maxWorkers; worker += 1) {
    servers.push(
      await startRedis({
        directory: join(directory, String(worker)),
        log: silentLogger(),
        env: process.env,
        say: sayLine,
      }),
    );
  }
  project.provide(
    'redisUrls',
    servers.map(({ url }) => url),
  );
  return async () => {
    for (const server of servers) await server.close();
    await rm(directory, { recursive: true, force: true });
  };
}

function sayLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
