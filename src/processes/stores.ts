import type { Redis } from 'ioredis';
import type { Logger } from '../log.ts';
import { Producer } from '../queue/producer.ts';
import { Clusters } from '../store/clusters.ts';
import { assertRedis, connectRedis } from '../store/connection.ts';
import { Deployments } from '../store/deployments.ts';

/** What the bot and the workers alike keep in Redis. */
export interface Stores {
  readonly redis: Redis;
  readonly producer: Producer;
  readonly deployments: Deployments;
  readonly clusters: Clusters;
  close(): Promise<void>;
}

/** Connects to Redis. Throws a DeployError when it does not answer. */
export async function openStores(redisUrl: string, log: Logger): Promise<Stores> {
  const redis = connectRedis(redisUrl, log);
  try {
    await assertRedis(redis);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const producer = new Producer(redisUrl, log);
  const deployments = new Deployments(redis, async ({ id }) => {
    // The event is stored; if this is lost, the sweep tells the thread a few seconds later.
    await producer
      .notify(id)
      .catch((error: unknown) => log.warn({ err: error, deployment: id }, 'announcing an event'));
  });
  return {
    redis,
    producer,
    deployments,
    clusters: new Clusters(redis),
    async close() {
      await producer.close();
      redis.disconnect();
    },
  };
}
