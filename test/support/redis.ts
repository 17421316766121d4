import { Redis } from 'ioredis';
import { inject } from 'vitest';

/** One less than the databases that startRedis asks for: database 0 keeps the counter. */
const databases = 63;

/**
 * The URL of an empty Redis database that no other test file of this run uses at the same time. Call it once per file,
 * or once per test for a fresh start. Pub/sub channels and Redis settings are shared by all databases.
 */
export async function freshRedisUrl(): Promise<string> {
  const shared = new Redis(inject('redisUrl'));
  try {
    const taken = await shared.incr('slipway-test:databases');
    const database = 1 + (taken % databases);
    await shared.select(database);
    await shared.flushdb();
    return `${inject('redisUrl')}/${database}`;
  } finally {
    shared.disconnect();
  }
}
