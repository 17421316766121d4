import { Redis } from 'ioredis';
import { DeployError } from '../errors.ts';
import { failFast } from '../fail-fast.ts';
import type { Logger } from '../log.ts';

/**
 * Connects to Redis for the store. Commands fail after a few seconds without a connection rather than queue up for ever,
 * so that a slash command is answered while Redis is away.
 */
export function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, { ...failFast, lazyConnect: true });
  redis.on('error', (error) => log.warn({ err: error.message }, 'redis connection'));
  return redis;
}

/** Waits until Redis answers. Throws a DeployError that says where it was looked for, without the password. */
export async function assertRedis(redis: Redis): Promise<void> {
  try {
    await redis.ping();
  } catch (cause) {
    const { host, port } = redis.options;
    throw new DeployError('redis_unreachable', `Redis does not answer at ${host}:${port}`, {
      hint: 'Start it, or set REDIS_URL to where it runs, such as redis://localhost:6379',
      cause,
    });
  }
}
