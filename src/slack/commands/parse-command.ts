import { closest } from '../../closest.ts';
import { UsageError } from '../../errors.ts';
import { arity, type Command } from './command.ts';
import { type Arguments, parseFlags } from './flags.ts';
import { plainLine } from './mentioned.ts';

/** A command with what follows it. */
export interface ParsedCommand extends Arguments {
  readonly command: Command;
}

/** What is typed with nothing behind the slash command. */
const whenEmpty = 'help';

/**
 * Finds the command in a line such as `up staging`, however it was typed: phones write curly quotes and capitals, and
 * blanks double. Throws a UsageError that says what was probably meant.
 *
 * @param complete adds the words that go without saying where the line was written
 */
export function parseCommand(
  line: string,
  commands: readonly Command[],
  complete: (parsed: ParsedCommand) => readonly string[] = ({ words }) => words,
): ParsedCommand {
  const [first = whenEmpty, ...more] = tokens(line);
  const name = first.toLowerCase();
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined)
    throw unknownCommand(
      name,
      more.map((word) => word.toLowerCase()),
      commands,
    );

  const { words: typed, flags } = parseFlags(more, command);
  const words = complete({ command, words: typed, flags });
  const { least, most } = arity(command);
  if (words.length < least || words.length > most) throw wrongArguments(command, words);
  return { command, words, flags };
}

/** The words of a line, without the quotes around them. Git tells capitals from small letters, and so do ids, so they stay. */
function tokens(line: string): string[] {
  return plainLine(line)
    .normalize('NFKC')
    .replaceAll(/["'`´\u2018-\u201f\u00ab\u00bb]/g, ' ')
    .split(/[\s\u200b\ufeff]+/)
    .filter((word) => word !== '');
}

function unknownCommand(name: string, words: readonly string[], commands: readonly Command[]): UsageError {
  const names = commands.map((command) => command.name);
  const near = closest(name, names);
  const meant = near && ['/k8s', near, ...words].join(' ');
  return new UsageError(`There is no command ${name}.${meant ? ` Did you mean ${meant}?` : ''}`, {
    hint: `The commands are: ${names.join(', ')}`,
  });
}

function wrongArguments(command: Command, words: readonly string[]): UsageError {
  const usage = ['/k8s', command.name, command.arguments].filter((part) => part !== '').join(' ');
  const { most } = arity(command);
  const problem =
    words.length > most
      ? `/k8s ${command.name} takes ${countWords(most)} after it, and got ${words.length}`
      : `/k8s ${command.name} needs ${missing(command, words)}`;
  return new UsageError(problem, { hint: `Type ${usage}, such as ${command.examples[0] ?? usage}` });
}

/** What is not there, by what the command's usage calls it. */
function missing({ arguments: usage }: Command, words: readonly string[]): string {
  const [next = ''] = usage.split(' ').slice(words.length);
  return next === 'CLUSTER' ? 'the name of a cluster' : `${next} after ${words.join(' ')}`;
}

function countWords(most: number): string {
  if (most === 0) return 'nothing';
  return most === 1 ? 'one word' : `at most ${most} words`;
}
