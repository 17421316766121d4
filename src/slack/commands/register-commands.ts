import type { App } from '@slack/bolt';
import { privately } from '../answer.ts';
import { createDialogs } from '../forms/dialogs.ts';
import { answering } from '../guard.ts';
import type { Listening } from '../listening.ts';
import { runCommand } from '../run-command.ts';

/** The slash command that the app's manifest declares. */
const slashCommand = '/k8s';

/** Has /k8s acknowledged at once, decided about, done, and answered privately. */
export function registerCommands(app: App, listening: Listening): void {
  const { context, client, track } = listening;
  app.command(slashCommand, async ({ ack, command: typed, respond }) => {
    await ack();
    const { text, user_id: user, team_id: team, channel_id: channel, trigger_id: triggerId } = typed;
    const log = context.log.child({ user, command: text });
    log.info('a command');
    const say = privately(respond, log);
    const form = { triggerId, dialogs: createDialogs(client, log), channel };
    await track(answering(() => runCommand({ text, user, team, surface: 'command', say, form }, listening), say, log));
  });
}
