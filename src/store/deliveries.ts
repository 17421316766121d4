import type { Redis } from 'ioredis';
import { keys } from './keys.ts';

/** Slack gives up delivering an event after its third try, some five minutes after the first. */
const rememberedSeconds = 15 * 60;

/** What Slack has delivered of late: it delivers again what was not acknowledged in time, to any process of ours. */
export class Deliveries {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** True for the first process that asks about a delivery; false for all later ones. */
  async isFirst(id: string): Promise<boolean> {
    return (await this.#redis.set(keys.delivery(id), '', 'EX', rememberedSeconds, 'NX')) === 'OK';
  }
}
