import { WebAPIPlatformError } from '@slack/web-api';
import { DeployError } from '../errors.ts';

/** Which token was used, and where to find the right one. */
export interface UsedToken {
  readonly token: string;
  readonly hint: string;
}

/** Why Slack could not be reached, for whoever starts the process. */
export function startProblem(cause: unknown, { token, hint }: UsedToken): DeployError {
  if (cause instanceof WebAPIPlatformError) {
    return new DeployError('slack_refused', `Slack refused the ${token} (${cause.data.error})`, { hint, cause });
  }
  return new DeployError('slack_unreachable', 'Slack does not answer', {
    hint: 'Check that this machine reaches Slack, and SLACK_API_URL if it is set',
    cause,
    retryable: true,
  });
}
