import type { Problem } from '../blocks/checks.ts';
import { describeProblem } from '../blocks/validate-blocks.ts';

/** An answer of `ok: false`. It never leaves the Web API: the dispatcher turns it into the answer that Slack gives. */
export class ApiError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Seconds for Retry-After; makes the answer a 429. */
  readonly retryAfter: number | undefined;

  constructor(code: string, fields: Readonly<Record<string, unknown>> = {}, retryAfter?: number) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }
}

/** The answer that names every problem and where it is, as Slack does for blocks and views. */
export function problemsError(code: string, problems: readonly Problem[]): ApiError {
  const messages = problems.map(describeProblem);
  return new ApiError(code, {
    errors: messages,
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
