import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt';
import { directly, privately } from './answer.ts';
import { clusterOfThread } from './cluster-of-thread.ts';
import { createDialogs } from './forms/dialogs.ts';
import { openUpForm } from './forms/open-up-form.ts';
import { answering } from './guard.ts';
import type { Listening } from './listening.ts';
import { runCommand } from './run-command.ts';
import { noCardAnswer } from './texts/shortcut-answers.ts';

/** The shortcuts that the app's manifest declares. */
export const shortcutIds = { bringUp: 'bring-up', status: 'status' } as const;

/** Has shortcuts acknowledged at once: a form opens, or what the command of the same name says is answered privately. */
export function registerShortcuts(app: App, listening: Listening): void {
  const { context, client, people, track } = listening;

  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: shortcutIds.bringUp }, async ({ ack, shortcut }) => {
    await ack();
    const user = shortcut.user.id;
    const log = context.log.child({ user, shortcut: shortcut.callback_id });
    log.info('a shortcut');
    const form = { triggerId: shortcut.trigger_id, dialogs: createDialogs(client, log) };
    const asked = { user, team: shortcut.team?.id, surface: 'shortcut', context, people } as const;
    await track(answering(() => openUpForm({ ...form, ...asked }), directly(client, user), log));
  });

  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: shortcutIds.status },
    async ({ ack, shortcut, respond }) => {
      await ack();
      const user = shortcut.user.id;
      const { ts, thread_ts: thread = ts } = shortcut.message;
      const log = context.log.child({ user, shortcut: shortcut.callback_id });
      log.info('a shortcut');
      // Slack takes the answer to a message below which there is no thread only in the channel.
      const tell = privately(respond, log, shortcut.message.thread_ts);
      await track(
        answering(
          async () => {
            const cluster = await clusterOfThread(shortcut.channel.id, thread, context);
            if (cluster === undefined) return noCardAnswer();
            const text = `status ${cluster}`;
            return runCommand({ text, user, team: shortcut.team?.id, surface: 'shortcut', say: tell }, listening);
          },
          tell,
          log,
        ),
      );
    },
  );
}
