import type { Job } from 'bullmq';
import type { Failure } from '../src/clusters/deployment.ts';
import { PreflightError } from '../src/clusters/finding.ts';
import { ClusterNotReadyError } from '../src/clusters/health.ts';
import { DeployError } from '../src/errors.ts';

/** As much of a program's output as a person is shown, and as much of a line. */
const mostLines = 12;
const longestLine = 300;

/** What a person is told about an error: its own words if it was raised on purpose, a job to look up otherwise. */
export function failureOf(error: unknown, jobId: string | undefined): Failure {
  if (error instanceof DeployError) {
    return {
      message: error.message,
      code: error.code,
      ...(error.hint !== undefined && { hint: error.hint }),
      ...linesOf(error),
      ...problemsOf(error),
    };
  }
  return {
    message: `Something unexpected happened (job ${jobId ?? 'without id'})`,
    hint: 'The worker’s log has the details under that job',
    code: 'unexpected',
  };
}

/** Each of several things that stand in the way, or that are missing. */
function problemsOf(error: DeployError): Pick<Failure, 'problems'> {
  if (error instanceof PreflightError && error.problems.length > 1) return { problems: error.problems };
  return error instanceof ClusterNotReadyError ? { problems: error.problems } : {};
}

/** What a program said, no more than a thread wants of it, and nothing that would not be text. */
function linesOf({ excerpt }: DeployError): Pick<Failure, 'lines'> {
  const shown = excerpt
    .map((line) =>
      line
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
        .trimEnd()
        .slice(0, longestLine),
    )
    .filter((line) => line.trim() !== '');
  return shown.length === 0 ? {} : { lines: shown.slice(-mostLines) };
}

/** Errors that say of themselves that they may pass, and those that nobody expected: every step may be run again. */
export function mayRetry(error: unknown): boolean {
  return error instanceof DeployError ? error.retryable : true;
}

/** True when BullMQ will not try the job again after this. */
export function isLastAttempt(job: Pick<Job, 'attemptsMade' | 'opts'>): boolean {
  return job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
}
