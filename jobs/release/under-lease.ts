import type { Lease } from '../../src/store/lease.ts';
import { type Again, isAgain, type Run } from '../run.ts';

/**
 * Works while the lease is the caller's: the signal that it gets fires when it is not any more. A work that puts itself
 * off leaves the lease to its own next look; otherwise it is given back, however the work ended.
 */
export async function underLease<Result extends object>(
  lease: Lease,
  { log }: Pick<Run, 'log'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result | Again>,
): Promise<Result | Again> {
  let goesOn = false;
  try {
    const outcome = await work(AbortSignal.any([signal, lease.signal]));
    goesOn = isAgain(outcome);
    return outcome;
  } finally {
    const ended = goesOn ? lease.leave() : lease.release();
    // It runs out by itself, and why the work ended matters more.
    await ended.catch((error: unknown) => log.warn({ err: error }, 'a lease could not be given back'));
  }
}
