import { type Finding, problem } from '../../src/clusters/finding.ts';
import { ConfigError, DeployError } from '../../src/errors.ts';

/** What a look at a cloud saw, or why it saw nothing. */
export type Looked<Value> =
  | { readonly seen: true; readonly value: Value }
  | { readonly seen: false; readonly finding: Finding };

/** How long one look may take. All go side by side, so that this is also about how long all of them take. */
export const lookMs = 10_000;

/**
 * Looks at something of a service, and never throws: what stops the look is a problem to be told, named by the service.
 * Only the caller's own giving up ends it with an error.
 */
export async function look<Value>(
  service: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
  deadlineMs: number = lookMs,
): Promise<Looked<Value>> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    return { seen: true, value: await work(AbortSignal.any([signal, deadline])) };
  } catch (error) {
    signal.throwIfAborted();
    return { seen: false, finding: explain(service, error, deadline.aborted, deadlineMs) };
  }
}

function explain(service: string, error: unknown, late: boolean, deadlineMs: number): Finding {
  if (late) {
    const hint = `See whether ${service} is overloaded or cut off, and ask again`;
    return { ...problem(service, `${service} did not answer within ${deadlineMs / 1000} s`, hint), passing: true };
  }
  if (!(error instanceof DeployError)) throw error;
  const text = error instanceof ConfigError ? [error.message, ...error.problems].join('. ') : error.message;
  return { ...problem(service, text, error.hint), passing: error.retryable };
}
