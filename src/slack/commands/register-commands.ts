import type { App } from '@slack/bolt';
import { admit } from '../admit.ts';
import { type Answer, privately } from '../answer.ts';
import { aboutCommand } from '../attempt.ts';
import type { SlackContext } from '../context.ts';
import { createDialogs } from '../forms/dialogs.ts';
import type { FormPlace } from '../forms/open-form.ts';
import { answering } from '../guard.ts';
import type { People } from '../people.ts';
import type { CommandCall } from './command.ts';
import { commands } from './commands.ts';
import { parseCommand } from './parse-command.ts';

/** The slash command that the app's manifest declares. */
const slashCommand = '/k8s';

interface Typed extends Pick<CommandCall, 'say'>, FormPlace {
  /** What follows the slash command. */
  readonly text: string;
  readonly user: string;
  readonly team: string;
  readonly channel: string;
}

/** Has /k8s acknowledged at once, decided about, done, and answered privately. `track` is told of everything that is under way. */
export function registerCommands(
  app: App,
  context: SlackContext,
  people: People,
  track: (work: Promise<void>) => Promise<void>,
): void {
  app.command(slashCommand, async ({ ack, command: typed, client, respond }) => {
    await ack();
    const { text, user_id: user, team_id: team, channel_id: channel, trigger_id: triggerId } = typed;
    const log = context.log.child({ user, command: text });
    log.info('a command');
    const tell = privately(respond, log);
    const how = { triggerId, dialogs: createDialogs(client, log), say: tell };
    await track(answering(() => run({ text, user, team, channel, ...how }), tell, log));
  });

  // Nothing throws before the promise is there, so that every problem becomes an answer.
  async function run(typed: Typed): Promise<Answer | undefined> {
    const { text, user, team, say } = typed;
    const { command, words, flags } = parseCommand(text, commands);
    if (command.form !== undefined && words.length === 0 && flags.size === 0) {
      return command.form({ ...typed, surface: 'command', context, people });
    }
    const about = await aboutCommand(command, words, context);
    const attempt = { verb: command.needs, surface: 'command', user, team, about } as const;
    const refusal = await admit(attempt, { people, context });
    return refusal ?? command.run({ words, flags, user, about, attempt, context, people, commands, say });
  }
}
