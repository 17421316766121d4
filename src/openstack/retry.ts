import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how patiently a call that may be repeated is repeated. */
export interface RetryPolicy {
  /** Calls in all, the first one included. */
  attempts: number;
  /** The wait before the second call; it doubles from there. */
  firstWaitMs: number;
  /** No wait is longer than this; a service that asks for more gets no further call. */
  longestWaitMs: number;
  /** No answer is waited for longer than this, whatever the call itself would allow. Without it, the call's deadline holds. */
  longestCallMs?: number;
  /** No call begins later than this after the first one, but for those that send a stream. Three minutes by default. */
  overallMs?: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 4,
  firstWaitMs: 500,
  longestWaitMs: 30_000,
};

/**
 * Milliseconds to wait before the call after `attempt` (1 for the first), or undefined to give up. Half of the wait is
 * drawn at random, so that many workers that lost the same service do not come back in step.
 */
export function waitBeforeRetry(
  policy: RetryPolicy,
  attempt: number,
  askedMs: number | undefined,
  random: () => number = Math.random,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  if (askedMs !== undefined) return askedMs <= policy.longestWaitMs ? askedMs : undefined;
  const full = Math.min(policy.firstWaitMs * 2 ** (attempt - 1), policy.longestWaitMs);
  return full / 2 + (full / 2) * random();
}

/** The milliseconds that a Retry-After header asks for, written as seconds or as a date. */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Waits; rejects with the signal's reason when the caller gives up. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
