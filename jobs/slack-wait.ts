import { WebAPIRateLimitedError } from '@slack/web-api';

/**
 * Waits between two tries while Slack is away or refuses: doubled from the first to the last. There is no last try: an
 * operator may yet invite the bot to the channel.
 */
const outageWaitMs = { first: 1_000, last: 30_000 } as const;

/** Milliseconds until Slack is tried again after so many failures in a row, or as long as it asks for. */
export function waitAfter(error: unknown, outages: number): number {
  if (error instanceof WebAPIRateLimitedError) return error.retryAfter * 1_000;
  return Math.min(outageWaitMs.first * 2 ** (outages - 1), outageWaitMs.last);
}
