import type { App } from '@slack/bolt';
import { admit } from '../admit.ts';
import { type Answer, privately, type Tell } from '../answer.ts';
import { aboutCommand } from '../attempt.ts';
import type { SlackContext } from '../context.ts';
import { answering } from '../guard.ts';
import type { People } from '../people.ts';
import { commands } from './commands.ts';
import { parseCommand } from './parse-command.ts';

/** The slash command that the app's manifest declares. */
const slashCommand = '/k8s';

interface Typed {
  /** What follows the slash command. */
  readonly text: string;
  readonly user: string;
  readonly team: string;
}

/** Has /k8s acknowledged at once, decided about, done, and answered privately. `track` is told of everything that is under way. */
export function registerCommands(
  app: App,
  context: SlackContext,
  people: People,
  track: (work: Promise<void>) => Promise<void>,
): void {
  app.command(slashCommand, async ({ ack, command: { text, user_id: user, team_id: team }, respond }) => {
    await ack();
    const log = context.log.child({ user, command: text });
    log.info('a command');
    const tell = privately(respond, log);
    await track(answering(() => run({ text, user, team }, tell), tell, log));
  });

  // Nothing throws before the promise is there, so that every problem becomes an answer.
  async function run({ text, user, team }: Typed, say: Tell): Promise<Answer> {
    const { command, words, flags } = parseCommand(text, commands);
    const about = await aboutCommand(command, words, context);
    const refusal = await admit({ verb: command.needs, surface: 'command', user, team, about }, { people, context });
    return refusal ?? command.run({ words, flags, user, about, context, people, say, commands });
  }
}
