import type { Redis } from 'ioredis';
import { DeployError } from '../errors.ts';

/** Who wants something for itself: a later attempt of the same owner takes over from an earlier one, never the reverse. */
export interface Claim {
  readonly owner: string;
  readonly attempt: number;
}

/** Answers the owner in the way, or nil when the lease is the caller's. */
const takeScript = `
local holder = redis.call('GET', KEYS[1])
if holder then
  local owner, attempt = string.match(holder, '^(.*)#(%d+)$')
  if owner ~= ARGV[1] or tonumber(attempt) > tonumber(ARGV[2]) then return owner end
end
redis.call('SET', KEYS[1], ARGV[1] .. '#' .. ARGV[2], 'PX', ARGV[3])
return false
`;

const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

/**
 * Something that one owner has for itself for as long as it lives: renewed in the background while its process works on
 * it, and free again a while after that process has died. Nobody waits for one: who does not get it comes back later.
 */
export class Lease {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #holder: string;
  readonly #holdMs: number;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #renewedAt = Date.now();

  private constructor(redis: Redis, key: string, { owner, attempt }: Claim, holdMs: number) {
    this.#redis = redis;
    this.#key = key;
    this.#holder = `${owner}#${attempt}`;
    this.#holdMs = holdMs;
    this.#timer = setInterval(() => void this.#renew(), holdMs / 4);
    this.#timer.unref();
  }

  /** The lease, or who has it. */
  static async take(redis: Redis, key: string, claim: Claim, holdMs: number): Promise<Lease | { heldBy: string }> {
    const heldBy = await redis.eval(takeScript, 1, key, claim.owner, claim.attempt, holdMs);
    return typeof heldBy === 'string' ? { heldBy } : new Lease(redis, key, claim, holdMs);
  }

  /** Fires when the lease is, or may be, somebody else's: stop at once. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ends the lease. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#redis.eval(releaseScript, 1, this.#key, this.#holder);
  }

  /** Leaves the lease to the same owner's next look: it stays taken for its whole time, and is not renewed any more. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#redis.eval(renewScript, 1, this.#key, this.#holder, this.#holdMs);
  }

  async #renew(): Promise<void> {
    const asked = Date.now();
    try {
      const held = await this.#redis.eval(renewScript, 1, this.#key, this.#holder, this.#holdMs);
      if (held === 1) this.#renewedAt = asked;
      else this.#lose();
    } catch {
      // Redis may be back before the lease runs out; until then nobody else can have it.
      if (Date.now() - this.#renewedAt > this.#holdMs / 2) this.#lose();
    }
  }

  #lose(): void {
    clearInterval(this.#timer);
    this.#lost.abort(
      new DeployError('lease_lost', 'Another worker took over what this one was doing', { retryable: true }),
    );
  }
}
