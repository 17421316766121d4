import type { Clock } from './ids.ts';

/** Slack's tiers, in calls a minute for a method in a workspace. */
export const tiers = { tier2: 20, tier3: 50, tier4: 100 } as const;

/** Messages that a channel takes at once before the limit of one a second bites. Slack names no number; it allows "short bursts". */
const postingBurst = 5;

/** Counts calls, and says how many whole seconds a caller has to wait: 0 means that the call may pass. */
export interface RateLimits {
  perMinute(key: string, limit: number): number;
  onePerSecond(key: string): number;
  /** How many calls had to be refused so far. */
  refused(): number;
}

export function createRateLimits(now: Clock): RateLimits {
  const windows = new Map<string, number[]>();
  let refusals = 0;
  const buckets = new Map<string, { tokens: number; at: number }>();

  function perMinute(key: string, limit: number): number {
    const since = now() - 60_000;
    const calls = (windows.get(key) ?? []).filter((at) => at > since);
    windows.set(key, calls);
    const oldest = calls[0];
    if (oldest !== undefined && calls.length >= limit) {
      refusals += 1;
      return Math.max(1, Math.ceil((oldest - since) / 1000));
    }
    calls.push(now());
    return 0;
  }

  function onePerSecond(key: string): number {
    const bucket = buckets.get(key) ?? { tokens: postingBurst, at: now() };
    const tokens = Math.min(postingBurst, bucket.tokens + (now() - bucket.at) / 1000);
    const passes = tokens >= 1;
    buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now() });
    if (!passes) refusals += 1;
    return passes ? 0 : Math.max(1, Math.ceil(1 - tokens));
  }

  return { perMinute, onePerSecond, refused: () => refusals };
}
