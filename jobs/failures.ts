import type { Job } from 'bullmq';
import type { Failure } from '../src/clusters/deployment.ts';
import { PreflightError } from '../src/clusters/finding.ts';
import { DeployError } from '../src/errors.ts';

/** What a person is told about an error: its own words if it was raised on purpose, a job to look up otherwise. */
export function failureOf(error: unknown, jobId: string | undefined): Failure {
  if (error instanceof DeployError) {
    return {
      message: error.message,
      code: error.code,
      ...(error.hint !== undefined && { hint: error.hint }),
      ...(error instanceof PreflightError && error.problems.length > 1 && { problems: error.problems }),
    };
  }
  return {
    message: `Something unexpected happened (job ${jobId ?? 'without id'})`,
    hint: 'The worker’s log has the details under that job',
    code: 'unexpected',
  };
}

/** Errors that say of themselves that they may pass, and those that nobody expected: every step may be run again. */
export function mayRetry(error: unknown): boolean {
  return error instanceof DeployError ? error.retryable : true;
}

/** True when BullMQ will not try the job again after this. */
export function isLastAttempt(job: Pick<Job, 'attemptsMade' | 'opts'>): boolean {
  return job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
}
