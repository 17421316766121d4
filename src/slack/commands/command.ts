import type { Verb } from '../../clusters/verbs.ts';
import type { Answer, Tell } from '../answer.ts';
import type { About, Attempt } from '../attempt.ts';
import type { SlackContext } from '../context.ts';
import type { UpFormRequest } from '../forms/open-up-form.ts';
import type { People } from '../people.ts';
import type { Flag } from './flags.ts';

/** One command as somebody typed it. */
export interface CommandCall {
  /** What follows the command's name, lower-cased. */
  readonly words: readonly string[];
  /** The values of its flags by their names. */
  readonly flags: ReadonlyMap<string, string>;
  /** Slack id of who typed it. */
  readonly user: string;
  /** What the command is about; that its user may do that has been decided. */
  readonly about: About;
  /** What was decided. */
  readonly attempt: Attempt;
  readonly context: SlackContext;
  readonly people: People;
  /** Says something before the answer, for what takes long. */
  readonly say: Tell;
  /** All commands, for help. */
  readonly commands: readonly Command[];
}

/** A command: parsing, help and "did you mean" all come from this. */
export interface Command {
  readonly name: string;
  /** What its user must be allowed. */
  readonly needs: Verb;
  /** As help shows them: CLUSTER must be given, [CLUSTER] may be. */
  readonly arguments: string;
  /** What may be added as --NAME VALUE. */
  readonly flags?: readonly Flag[];
  readonly summary: string;
  /** What else help says of it, a sentence or two. */
  readonly details: string;
  readonly examples: readonly string[];
  readonly run: (call: CommandCall) => Promise<Answer>;
  /** Opens a form where nothing follows the command's name. Slack does not wait, so the form itself sees who may. */
  readonly form?: (request: UpFormRequest) => Promise<Answer | undefined>;
}

/** How many words a command takes. */
export function arity({ arguments: usage }: Pick<Command, 'arguments'>): { least: number; most: number } {
  const parts = usage.split(' ').filter((part) => part !== '');
  return { least: parts.filter((part) => !part.startsWith('[')).length, most: parts.length };
}
