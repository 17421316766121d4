import { WebAPIPlatformError } from '@slack/web-api';

/** What Slack says of a card that somebody deleted. */
export const cardDeleted = ['message_not_found', 'thread_not_found', 'cannot_reply_to_message'] as const;

/** True for a refusal of Slack's with one of these words. */
export function slackSaid(error: unknown, words: readonly string[]): boolean {
  return error instanceof WebAPIPlatformError && words.includes(error.data.error);
}
