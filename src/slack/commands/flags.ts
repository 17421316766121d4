import { closest } from '../../closest.ts';
import { UsageError } from '../../errors.ts';
import type { Command } from './command.ts';
import { isMention } from './mentioned.ts';

/** What may be added to a command, as --NAME VALUE. */
export interface Flag {
  readonly name: string;
  /** What stands for its value in help: TIME. */
  readonly value: string;
  readonly summary: string;
}

/** The words of a command in lower case, and the values of its flags, as they were typed, by their names. */
export interface Arguments {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/**
 * Tells flags from words. Both `--ttl 4h` and `--ttl=4h` will do, and so do the dashes that phones make of two hyphens.
 *
 * @throws UsageError for a flag that the command does not have, has twice, or that has no value.
 */
export function parseFlags(tokens: readonly string[], command: Pick<Command, 'name' | 'flags'>): Arguments {
  const words: string[] = [];
  const flags = new Map<string, string>();
  const rest = [...tokens];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    const [, typed, attached] = /^(?:--|[\u2012-\u2015\u2212])([^=]+)(?:=(.*))?$/.exec(token) ?? [];
    if (typed === undefined) {
      words.push(asWord(token));
      continue;
    }
    const name = typed.toLowerCase();
    const flag = findFlag(name, command);
    const value = attached ?? rest.shift();
    if (value === undefined || value === '') throw withoutValue(flag, command);
    if (flags.has(name)) throw new UsageError(`--${name} is there twice`, { hint: 'Give it once' });
    flags.set(name, value);
  }
  return { words, flags };
}

function asWord(token: string): string {
  return isMention(token) ? token : token.toLowerCase();
}

function findFlag(name: string, { name: command, flags = [] }: Pick<Command, 'name' | 'flags'>): Flag {
  const flag = flags.find((candidate) => candidate.name === name);
  if (flag !== undefined) return flag;
  const names = flags.map((candidate) => `--${candidate.name}`);
  const near = closest(`--${name}`, names);
  throw new UsageError(`/k8s ${command} has no --${name}.${near ? ` Did you mean ${near}?` : ''}`, {
    hint: names.length === 0 ? `It takes none; /k8s help ${command} tells more` : `It takes: ${names.join(', ')}`,
  });
}

function withoutValue({ name, value }: Flag, command: Pick<Command, 'name'>): UsageError {
  return new UsageError(`--${name} needs a value`, { hint: `Type /k8s ${command.name} … --${name} ${value}` });
}
