import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { DeployError } from '../errors.ts';
import { keys } from './keys.ts';
import { type Claim, Lease } from './lease.ts';

/** After this a dead owner's mutex is free again; a living owner's work has been stopped by then. */
const holdMs = 60_000;
const workMs = 50_000;
const retryMs = 100;

/** How long a lease outlives its holder. Longer than any pause between two looks of a step that puts itself off. */
const defaultLeaseMs = 45_000;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

/**
 * Mutual exclusion between processes for a few calls that must not be made side by side. It is not the lock of a cluster:
 * that one lasts as long as a deployment and never runs out.
 */
export class Mutex {
  readonly #redis: Redis;
  readonly #leaseMs: number;

  constructor(redis: Redis, { leaseMs = defaultLeaseMs }: { leaseMs?: number } = {}) {
    this.#redis = redis;
    this.#leaseMs = leaseMs;
  }

  /**
   * For what takes minutes, or several looks: answers at once, with the lease of that name or with the owner who has it.
   * Whoever gets it releases it, or leaves it to its own next look.
   */
  lease(name: string, claim: Claim): Promise<Lease | { heldBy: string }> {
    return Lease.take(this.#redis, keys.lease(name), claim, this.#leaseMs);
  }

  /**
   * Calls `work` while no other process is in the mutex of that name. Its signal fires a little before the mutex would
   * run out. Throws the signal's reason, or a retryable DeployError when the mutex stays taken for a minute.
   */
  async run<Result>(
    name: string,
    signal: AbortSignal,
    work: (inside: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const owner = randomUUID();
    await this.#take(name, owner, signal);
    try {
      return await work(AbortSignal.any([signal, AbortSignal.timeout(workMs)]));
    } finally {
      await this.#redis.eval(releaseScript, 1, keys.mutex(name), owner);
    }
  }

  async #take(name: string, owner: string, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + holdMs;
    while (Date.now() < deadline) {
      if ((await this.#redis.set(keys.mutex(name), owner, 'PX', holdMs, 'NX')) === 'OK') return;
      await sleep(retryMs, undefined, { signal });
    }
    throw new DeployError('mutex_busy', `Waited for a minute for another worker to be done with ${name}`, {
      retryable: true,
    });
  }
}
