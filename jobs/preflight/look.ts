import { type Finding, problem, warning } from '../../src/clusters/finding.ts';
import { ConfigError, DeployError } from '../../src/errors.ts';

/** What a look at a cloud saw, or why it saw nothing. */
export type Looked<Value> =
  | { readonly seen: true; readonly value: Value }
  | { readonly seen: false; readonly finding: Finding };

export interface LookOptions {
  readonly deadlineMs?: number;
  /**
   * For what no step needs: what a look that fails leaves unchecked, as the beginning of a sentence. Its failure is a
   * warning then, since a cloud that keeps something to itself may well take the cluster.
   */
  readonly optional?: string;
}

/** How long one look may take. Most go side by side, so that this is also about how long all of them take. */
const lookMs = 10_000;

/**
 * Looks at something of a service, and never throws: what stops the look is a finding to be told, named by the service.
 * Only the caller's own giving up ends it with an error.
 */
export async function look<Value>(
  service: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
  { deadlineMs = lookMs, optional }: LookOptions = {},
): Promise<Looked<Value>> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    return { seen: true, value: await work(AbortSignal.any([signal, deadline])) };
  } catch (error) {
    signal.throwIfAborted();
    const found = explain(service, error, deadline.aborted, deadlineMs);
    return { seen: false, finding: optional === undefined ? found : unchecked(optional, found) };
  }
}

function explain(service: string, error: unknown, late: boolean, deadlineMs: number): Finding {
  if (late) {
    const hint = `See whether ${service} is overloaded or cut off, and ask again`;
    return { ...problem(service, `${service} did not answer within ${deadlineMs / 1000} s`, hint), passing: true };
  }
  if (!(error instanceof DeployError)) throw error;
  return problemFrom(service, error);
}

function unchecked(what: string, { label, text, passing }: Finding): Finding {
  return { ...warning(label, `${what} could not be checked: ${text}`), ...(passing !== undefined && { passing }) };
}

/** An error as a finding, with everything that it knows. */
export function problemFrom(label: string, error: DeployError): Finding {
  const text = error instanceof ConfigError ? [error.message, ...error.problems].join('. ') : error.message;
  return { ...problem(label, text, error.hint), passing: error.retryable };
}
