import type { Redis } from 'ioredis';
import type { Finding } from '../clusters/finding.ts';
import { keys } from './keys.ts';

/** What a build worker says of itself every minute. */
export interface Builder {
  /** Tells it from other workers on its host. */
  readonly name: string;
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  /** What it has and what it lacks. */
  readonly findings: readonly Finding[];
}

/** Two missed reports are a pause, three are a worker that is gone. */
const goneAfterMs = 3 * 60_000;

/** The build workers that there are, by what each has reported last. */
export class Builders {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Puts a report in place of the worker's last one. */
  async report(builder: Builder): Promise<void> {
    await this.#redis.hset(keys.builders, builder.name, JSON.stringify(builder));
  }

  /** Takes a worker off that ends. */
  async remove(name: string): Promise<void> {
    await this.#redis.hdel(keys.builders, name);
  }

  /** The workers that have reported within three minutes, by host and name. Forgets the others. */
  async list(now: number): Promise<Builder[]> {
    const reports = Object.values(await this.#redis.hgetall(keys.builders)).map(
      (value) => JSON.parse(value) as Builder,
    );
    const gone = reports.filter(({ seenAt }) => now - seenAt > goneAfterMs);
    // One that reports again in this very moment is taken off, too, and is back with its next report.
    if (gone.length > 0) await this.#redis.hdel(keys.builders, ...gone.map(({ name }) => name));
    return reports
      .filter((builder) => !gone.includes(builder))
      .sort((a, b) => a.host.localeCompare(b.host) || a.name.localeCompare(b.name));
  }
}
