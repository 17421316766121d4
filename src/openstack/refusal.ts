import { OpenStackError, type OpenStackErrorContext } from '../errors.ts';
import { errorText } from './error-text.ts';
import { requestIdOf } from './request-id.ts';
import { retryAfterMs } from './retry.ts';
import type { Answer } from './transport.ts';

/** What is known of a refusal besides the answer. */
export interface RefusalOptions {
  /** What the service means, when its own words do not say it. */
  text?: string;
  hint?: string | undefined;
  detail?: Readonly<Record<string, unknown>>;
}

/** The error for an answer that is no success: what was being done, what the service said, and what to do. */
export function refusal(
  doing: string,
  context: OpenStackErrorContext,
  answer: Answer,
  options: RefusalOptions = {},
): OpenStackError {
  const { status, headers } = answer;
  const text = options.text ?? errorText(status, answer.text);
  const requestId = requestIdOf(headers) ?? answer.sentRequestId;
  const asked = retryAfterMs(headers['retry-after']);
  const patience = asked === undefined ? '' : `, which asks to wait ${Math.ceil(asked / 1000)} s`;
  const hint = options.hint ?? hintFor(text, status, context.service);
  return new OpenStackError(
    `${doing}: ${text} (${context.service}, ${status}${patience})`,
    { ...context, status, requestId },
    { detail: { globalRequestId: answer.sentRequestId, ...options.detail }, ...(hint === undefined ? {} : { hint }) },
  );
}

/** What to do about refusals whose own text does not say it. */
function hintFor(text: string, status: number, service: string): string | undefined {
  // Nova names its range when it refuses a version, so that nothing has to be asked before the first call.
  if (status === 406 && /version .* is not supported/i.test(text)) {
    return `Slipway needs the ${service} of OpenStack Pike (2017) or newer: see whether the catalog, or an endpoint_override, leads to an older one`;
  }
  if (/application credential/i.test(text) && status === 403) {
    return 'Only a user with a password, or an unrestricted application credential, may manage application credentials';
  }
  // Policies are about quotas, too: only what was exceeded can be freed.
  if (/quota/i.test(text) && (status === 413 || /exceed|over ?quota/i.test(text)))
    return "Free something in the project, or ask the cloud's operator for a larger quota";
  if (status === 403) return 'Ask for a role that allows this in the project; member is usually enough';
  if (status === 429) return `${service} limits how much is asked of it; try again later`;
  return undefined;
}
