import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Tell } from './answer.ts';
import { clusterOfThread } from './cluster-of-thread.ts';
import { answering } from './guard.ts';
import type { Listening } from './listening.ts';
import { runCommand } from './run-command.ts';

/** Somebody or something that a message mentions, with the name that Slack may add. */
const firstMention = /<@[UW][A-Z0-9]+(?:\|[^>]*)?>/;

/**
 * Has "@slipway status staging" done as /k8s would, and answered where it was written and privately: it works in threads,
 * where Slack runs no slash commands. In the thread of a card the cluster may be left out.
 */
export function registerMentions(app: App, listening: Listening): void {
  const { client, context, track } = listening;
  app.event('app_mention', async ({ event, body }) => {
    const { user, channel, thread_ts: thread } = event;
    // A bot that mentions us, we ourselves for one, is not answered: two of them would go on for ever.
    if (user === undefined || event.bot_id !== undefined) return;
    const text = lineOf(event.text);
    const log = context.log.child({ user, mention: text });
    log.info('a mention');
    const tell = inPlace(client, { channel, user, thread });
    await track(
      answering(
        async () => {
          const cluster = thread && (await clusterOfThread(channel, thread, context));
          return runCommand({ text, user, team: body.team_id, surface: 'mention', cluster, say: tell }, listening);
        },
        tell,
        log,
      ),
    );
  });
}

/** What is left of a message without the mention of the bot. */
function lineOf(text: string): string {
  return text.replace(firstMention, ' ').trim();
}

/** Tells one person in the channel or thread where they wrote. Throws what @slack/web-api throws. */
function inPlace(client: WebClient, where: { channel: string; user: string; thread: string | undefined }): Tell {
  const { channel, user, thread } = where;
  return async ({ text, blocks }) => {
    await client.chat.postEphemeral({ channel, user, text, blocks, ...(thread && { thread_ts: thread }) });
  };
}
