import { WebAPIRateLimitedError } from '@slack/web-api';
import { DelayedError, type Job } from 'bullmq';

/**
 * Waits between two tries while Slack is away or refuses: doubled from the first to the last. There is no last try: an
 * operator may yet invite the bot to the channel.
 */
const outageWaitMs = { first: 1_000, last: 30_000 } as const;

/** Milliseconds until Slack is tried again after so many failures in a row, or as long as it asks for. */
function waitAfter(error: unknown, outages: number): number {
  if (error instanceof WebAPIRateLimitedError) return error.retryAfter * 1_000;
  return Math.min(outageWaitMs.first * 2 ** (outages - 1), outageWaitMs.last);
}

/** Some work that has to wait for Slack at times. */
export interface Telling<Kept extends object> {
  /** Answers 0 when there is nothing more to tell, or the milliseconds after which there is something to do again. */
  readonly work: () => Promise<number>;
  /** What the job keeps while it is put off, beside the number of outages. */
  readonly keep: () => Kept;
  /** Is told of what stood in the way, and how long the job waits for it. */
  readonly onOutage: (error: unknown, waitMs: number) => void;
}

/** Does the work of a job; puts the job off when there is more to do later, or Slack is away. */
export async function puttingOff<Kept extends object>(
  job: Job<Kept & { readonly outages?: number }>,
  token: string,
  { work, keep, onOutage }: Telling<Kept>,
): Promise<void> {
  let waitMs: number;
  let outages = 0;
  try {
    waitMs = await work();
  } catch (error) {
    outages = (job.data.outages ?? 0) + 1;
    waitMs = waitAfter(error, outages);
    onOutage(error, waitMs);
  }
  if (waitMs === 0) return;
  await job.updateData({ ...keep(), outages });
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}
