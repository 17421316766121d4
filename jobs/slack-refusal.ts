import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';

/** What Slack did, as the end of a sentence, and what to do about it. */
export interface SlackRefusal {
  readonly message: string;
  readonly hint: string;
}

/**
 * Explains that Slack did not take a file, for somebody who waits for it. `hints` has what to do about refusals, by
 * Slack's word for each; `otherwise` is for all others.
 */
export function slackRefusal(error: unknown, hints: Readonly<Record<string, string>>, otherwise: string): SlackRefusal {
  if (error instanceof WebAPIRateLimitedError) {
    return { message: 'Slack takes no more files for now', hint: `Try again in ${error.retryAfter} seconds` };
  }
  if (!(error instanceof WebAPIPlatformError)) {
    return { message: 'Slack did not take the file, or did not answer', hint: 'Try again in a minute' };
  }
  const { error: word } = error.data;
  return {
    message: `Slack refused (${word})`,
    hint: word === 'missing_scope' ? scopeHint(error) : (hints[word] ?? otherwise),
  };
}

/** Slack names the scope. */
function scopeHint({ data }: WebAPIPlatformError): string {
  const needed = 'needed' in data && typeof data.needed === 'string' ? data.needed : 'that slack/manifest.yaml lists';
  return `Give the app the bot scope ${needed} (OAuth & Permissions) and install it again`;
}
