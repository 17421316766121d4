import type { AuditEntry } from '../clusters/audit-entry.ts';
import { admit, type Deciding } from './admit.ts';
import type { Answer, Tell } from './answer.ts';
import { aboutCommand } from './attempt.ts';
import { arity } from './commands/command.ts';
import { commands } from './commands/commands.ts';
import { type ParsedCommand, parseCommand } from './commands/parse-command.ts';
import type { FormPlace } from './forms/open-form.ts';

/** One line as somebody wrote it, wherever that was. */
export interface Typed {
  /** What follows the slash command, or the mention of the bot. */
  readonly text: string;
  readonly user: string;
  readonly team: string | undefined;
  readonly surface: AuditEntry['surface'];
  /** The cluster of the thread that it was written in: it may be left out there. */
  readonly cluster?: string | undefined;
  /** Says something before the answer, for what takes long. */
  readonly say: Tell;
  /** Where a form can be opened; Slack lets none be after an ordinary message. */
  readonly form?: FormPlace & { readonly channel: string };
}

/**
 * Finds the command in a line, decides about it, and does it; or opens the form of a command that nothing follows. Throws
 * a UsageError for a line that says nothing that can be done, and whatever `admit` and the command throw.
 */
export async function runCommand(typed: Typed, { people, context }: Deciding): Promise<Answer | undefined> {
  const { text, user, team, surface, say, form } = typed;
  const { command, words, flags } = parseCommand(text, commands, (line) => inThread(line, typed, context.clusters));
  if (command.form !== undefined && form !== undefined && words.length === 0 && flags.size === 0) {
    return command.form({ ...form, user, team, surface, context, people });
  }
  const about = await aboutCommand(command, words, context);
  const attempt = { verb: command.needs, surface, user, team, about };
  const refusal = await admit(attempt, { people, context });
  return refusal ?? command.run({ words, flags, user, about, attempt, context, people, commands, say });
}

/** The words with the thread's cluster before them, where the command wants a cluster and the line names none. */
function inThread(
  { command, words }: ParsedCommand,
  { cluster }: Typed,
  known: ReadonlyMap<string, unknown>,
): readonly string[] {
  const wants = /^\[?CLUSTER/.test(command.arguments);
  const named = words.some((word) => word === cluster || known.has(word));
  return cluster === undefined || !wants || named || words.length >= arity(command).most ? words : [cluster, ...words];
}
