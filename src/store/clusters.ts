import type { Redis } from 'ioredis';
import type { Cluster } from '../clusters/cluster.ts';
import { keys } from './keys.ts';

/** The clusters that exist, as far as Redis knows. Ended deployments write it, and `reconcile` restores it from Heat. */
export class Clusters {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Every cluster, by name. */
  async list(): Promise<Cluster[]> {
    const records = await this.#redis.hvals(keys.clusters);
    return records.map((record) => JSON.parse(record) as Cluster).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** The cluster of that name; undefined when there is none. */
  async find(name: string): Promise<Cluster | undefined> {
    const record = await this.#redis.hget(keys.clusters, name);
    return record === null ? undefined : (JSON.parse(record) as Cluster);
  }

  async put(cluster: Cluster): Promise<void> {
    await this.#redis.hset(keys.clusters, cluster.name, JSON.stringify(cluster));
  }

  async remove(name: string): Promise<void> {
    await this.#redis.hdel(keys.clusters, name);
  }
}
