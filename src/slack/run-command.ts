import type { AuditEntry } from '../clusters/audit-entry.ts';
import { admit, type Deciding } from './admit.ts';
import type { Answer, Tell } from './answer.ts';
import { aboutCommand } from './attempt.ts';
import { arity } from './commands/command.ts';
import { commands } from './commands/commands.ts';
import { type ParsedCommand, parseCommand } from './commands/parse-command.ts';

/** One line as somebody wrote it, wherever that was. */
export interface Typed {
  /** What follows the slash command, or the mention of the bot. */
  readonly text: string;
  readonly user: string;
  readonly team: string | undefined;
  readonly surface: AuditEntry['surface'];
  /** The cluster of the thread that it was written in: it may be left out there. */
  readonly cluster?: string | undefined;
}

/**
 * Finds the command in a line, decides about it, and does it. Throws a UsageError for a line that says nothing that can be
 * done, and whatever `admit` and the command throw.
 */
export async function runCommand(typed: Typed, say: Tell, { people, context }: Deciding): Promise<Answer> {
  const { text, user, team, surface } = typed;
  const { command, words, flags } = parseCommand(text, commands, (line) => inThread(line, typed, context.clusters));
  const about = await aboutCommand(command, words, context);
  const refusal = await admit({ verb: command.needs, surface, user, team, about }, { people, context });
  return refusal ?? command.run({ words, flags, user, about, context, people, say, commands });
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
