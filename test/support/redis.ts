import { Redis } from 'ioredis';
import { inject } from 'vitest';

/** One less than the databases that startRedis asks for: database 0 keeps the counter. */
const databases = 511;

/**
 * The URL of an empty Redis database that no other test file of this run uses at the same time. Call it once per file,
 * or once per test for a fresh start. Pub/sub channels and Redis settings are those of the whole server, which is of the
 * files alone that run one after another.
 */
export async function freshRedisUrl(): Promise<string> {
  const server = serverUrl();
  const shared = new Redis(server);
  try {
    const taken = await shared.incr('slipway-test:databases');
    const database = 1 + (taken % databases);
    await shared.select(database);
    await shared.flushdb();
    return `${server}/${database}`;
  } finally {
    shared.disconnect();
  }
}

/** Vitest counts what runs side by side from 1. */
function serverUrl(): string {
  const url = inject('redisUrls')[Number(process.env.VITEST_POOL_ID) - 1];
  if (url === undefined) throw new Error(`There is no Redis for worker ${process.env.VITEST_POOL_ID} of the tests`);
  return url;
}
