import { type Environment, readRedisUrl } from '../config/config.ts';
import { silentLogger } from '../log.ts';
import { assertRedis, connectRedis } from '../store/connection.ts';

/** What a container's health check asks: can this process reach the Redis that it works from? Throws when not. */
export async function checkHealth(env: Environment): Promise<string> {
  const redis = connectRedis(readRedisUrl(env), silentLogger());
  try {
    await assertRedis(redis);
    return 'healthy: Redis answers';
  } finally {
    redis.disconnect();
  }
}
