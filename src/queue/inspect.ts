import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import { DeployError } from '../errors.ts';

/** How often the answer is looked for; people do not notice a fifth of a second. */
const pollMs = 200;

/** A worker that has time takes a question on at once. */
const takenWithinMs = 20_000;

/** A look is worth nothing a minute later, and is never made twice. */
export const inspectionOptions = {
  attempts: 1,
  removeOnComplete: { age: 60 },
  removeOnFail: { age: 60 },
} as const;

/**
 * Waits for what a worker saw. Throws a DeployError when it could not look, when it takes too long, or when no worker
 * took the job on; that one is then taken back, so that nobody looks for nobody later.
 */
export async function awaitInspection<Result>(queue: Queue, { id = '' }: Job, deadlineMs: number): Promise<Result> {
  const asked = Date.now();
  const patienceMs = Math.min(takenWithinMs, deadlineMs);
  let begun = false;
  while (Date.now() - asked < (begun ? deadlineMs : patienceMs)) {
    const job: Job | undefined = await queue.getJob(id);
    if (job?.finishedOn !== undefined) return outcome<Result>(job);
    begun = job?.processedOn !== undefined;
    await sleep(pollMs);
  }
  if (begun) throw tooLate(deadlineMs);
  await queue.remove(id).catch(() => undefined);
  throw nobodyThere(queue.name, patienceMs);
}

function outcome<Result>(job: Job): Result {
  if (job.failedReason === undefined) return job.returnvalue as Result;
  throw new DeployError('inspection_failed', `Something unexpected happened (job ${job.id})`, {
    hint: 'The worker’s log has the details under that job',
  });
}

function tooLate(deadlineMs: number): DeployError {
  return new DeployError('inspection_late', `A worker is still looking after ${deadlineMs / 1000} s`, {
    hint: 'Some service of the cloud answers very slowly; ask again in a minute',
    retryable: true,
  });
}

function nobodyThere(queue: string, deadlineMs: number): DeployError {
  return new DeployError(
    'no_worker',
    `No worker serves the queue ${queue}: nobody took the question on within ${deadlineMs / 1000} s`,
    { hint: `Start one: slipway worker --queues ${queue}. If one runs, it has too much to do`, retryable: true },
  );
}
