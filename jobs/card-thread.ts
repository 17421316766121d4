import type { Threads } from '../src/store/threads.ts';
import { cardDeleted, slackSaid } from './slack-said.ts';

/** A thread, or a channel, as Slack's upload of files takes it. */
export type Place = { readonly channel_id: string; readonly thread_ts: string } | { readonly channel_id: string };

/** Where something was posted. */
export interface Posted {
  readonly channel: string;
  readonly inThread: boolean;
}

/**
 * Posts something to the thread of a deployment's card; to its channel where there is no card, or somebody has deleted it.
 */
export async function postToThread(
  { id, channel }: { readonly id: string; readonly channel: string },
  threads: Pick<Threads, 'find'>,
  post: (place: Place) => Promise<unknown>,
): Promise<Posted> {
  const thread = await threads.find(id);
  if (thread === undefined) {
    await post({ channel_id: channel });
    return { channel, inThread: false };
  }
  try {
    await post({ channel_id: thread.channel, thread_ts: thread.cardTs });
    return { channel: thread.channel, inThread: true };
  } catch (error) {
    if (!slackSaid(error, cardDeleted)) throw error;
    await post({ channel_id: thread.channel });
    return { channel: thread.channel, inThread: false };
  }
}
