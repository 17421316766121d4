import { setTimeout as sleep } from 'node:timers/promises';
import { DeployError } from '../../src/errors.ts';
import type { Run } from '../run.ts';

/** How long to wait after each failure; one more, and the error is the step's. */
const waitsMs = [2_000, 10_000, 30_000, 60_000];

/**
 * Tries again what may pass, here and not by failing the step: another worker may take that up, which does not have what
 * was made on this one and would make it once more, for hours.
 */
export async function patiently<Result>(
  { log }: Pick<Run, 'log'>,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  for (const waitMs of waitsMs) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DeployError && error.retryable)) throw error;
      log.warn({ err: error, waitMs }, 'what was made could not be put into Swift; it is tried again here');
      await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
  return work();
}
