import type { Redis } from 'ioredis';
import { keptSeconds, keys } from './keys.ts';

/** How far a deployment's Slack thread has come. Written by the notify job alone. */
export interface ThreadState {
  readonly channel: string;
  /** Slack's timestamp of the card, which is also the thread's. */
  readonly cardTs: string;
  /** What the card last showed, as a digest. */
  readonly cardDigest: string;
  /** Milliseconds since the epoch of the card's last change. */
  readonly cardAt: number;
  /** Place in the stream of the last event that the thread was told. */
  readonly position: string;
}

/** Answers the milliseconds to wait until another card may be updated; 0 when this one may, which is then counted. */
const spendScript = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, ARGV[1] - ARGV[2])
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return oldest[2] + ARGV[2] - ARGV[1]
`;

/**
 * Reserves the next moment at which a channel takes a message, and answers the milliseconds until then. KEYS[1] holds when
 * all that is reserved would have been posted at an even pace (GCRA); so many may be ahead of that.
 */
const postScript = `
local now, every, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local even = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local at = math.max(now, even - every * ahead)
redis.call('SET', KEYS[1], even + every, 'PX', math.ceil(even + every - now) + 60000)
return at - now
`;

/**
 * Slack takes one message a second in a channel, and a few at once. A little less than that leaves room for clocks that
 * differ, and for what people have posted there by commands.
 */
const postEveryMs = 1_100;
const postsAtOnce = 3;

/** Takes a deployment off the list of those whose thread is behind, if its last event is the one that was told. */
const announcedScript = `
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if #last == 0 or last[1][1] == ARGV[2] then redis.call('SREM', KEYS[1], ARGV[1]) end
`;

/** The threads in Redis, and the budget of card updates that all of them share. */
export class Threads {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async find(deployment: string): Promise<ThreadState | undefined> {
    const value = await this.#redis.get(keys.thread(deployment));
    return value === null ? undefined : (JSON.parse(value) as ThreadState);
  }

  async save(deployment: string, state: ThreadState): Promise<void> {
    const { channel, cardTs } = state;
    await this.#redis
      .multi()
      .set(keys.thread(deployment), JSON.stringify(state), 'EX', keptSeconds)
      .set(keys.card(channel, cardTs), deployment, 'EX', keptSeconds)
      .exec();
  }

  /** The deployment whose card a message is; undefined for any other message. */
  async deploymentOf(channel: string, ts: string): Promise<string | undefined> {
    return (await this.#redis.get(keys.card(channel, ts))) ?? undefined;
  }

  /** Notes that the thread knows everything up to a place in the stream, unless more has been appended meanwhile. */
  async markAnnounced(deployment: string, position: string): Promise<void> {
    await this.#redis.eval(announcedScript, 2, keys.unannounced, keys.events(deployment), deployment, position);
  }

  /**
   * Reserves the next message to a channel for the caller, who posts it after as many milliseconds; 0 is now. Nobody
   * else gets that moment, so that everybody's turn comes.
   */
  async reservePost(channel: string, now: number): Promise<number> {
    const wait = await this.#redis.eval(postScript, 1, keys.posts(channel), now, postEveryMs, postsAtOnce);
    return Math.max(0, Math.ceil(Number(wait)));
  }

  /**
   * Takes one card update from the budget of `limit` in any 60 seconds over all cards.
   * Answers 0, or the milliseconds after which to ask again.
   */
  async spendCardUpdate(limit: number, now: number): Promise<number> {
    const member = `${now}-${Math.random().toString(36).slice(2)}`;
    const wait = await this.#redis.eval(spendScript, 1, keys.cardUpdates, now, 60_000, limit, member);
    return Math.max(0, Math.ceil(Number(wait)));
  }
}
