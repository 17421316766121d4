import type { RespondArguments, RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import type { Message } from './views/blocks.ts';

/** What one person is told, and nobody else. */
export interface Answer extends Message {
  /** Puts the answer in place of the private message whose button was clicked. */
  readonly replaceOriginal?: boolean;
}

/** Tells the person who typed or clicked. */
export type Tell = (answer: Answer) => Promise<void>;

/** Waits before the second and the third try, in milliseconds. A response_url takes five answers in half an hour. */
const waits = [500, 2_000];

/**
 * Answers through a response_url, privately; tries again when Slack does not take it. Throws after the third try.
 *
 * @param thread ts of the thread that it is answered in; the channel without one
 */
export function privately(respond: RespondFn, log: Logger, thread?: string): Tell {
  return async ({ text, blocks, replaceOriginal = false }) => {
    const message: RespondArguments = {
      response_type: 'ephemeral',
      replace_original: replaceOriginal,
      text,
      blocks,
      ...(thread !== undefined && { thread_ts: thread }),
    };
    for (const wait of waits) {
      try {
        await respond(message);
        return;
      } catch (error) {
        log.warn({ err: error }, 'answering through a response_url');
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    await respond(message);
  };
}

/** Tells one person in their direct message with the bot. Throws what @slack/web-api throws. */
export function directly(client: WebClient, user: string): Tell {
  return async ({ text, blocks }) => {
    await client.chat.postMessage({ channel: user, text, blocks });
  };
}
