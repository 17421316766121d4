import type { App } from '@slack/bolt';
import { privately } from '../answer.ts';
import { answering } from '../guard.ts';
import type { Listening } from '../listening.ts';
import { runCommand } from '../run-command.ts';

/** The slash command that the app's manifest declares. */
const slashCommand = '/k8s';

/** Has /k8s acknowledged at once, decided about, done, and answered privately. */
export function registerCommands(app: App, listening: Listening): void {
  const { context, track } = listening;
  app.command(slashCommand, async ({ ack, command: { text, user_id: user, team_id: team }, respond }) => {
    await ack();
    const log = context.log.child({ user, command: text });
    log.info('a command');
    const tell = privately(respond, log);
    await track(answering(() => runCommand({ text, user, team, surface: 'command' }, tell, listening), tell, log));
  });
}
