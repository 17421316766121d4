import { closest } from '../../closest.ts';
import { UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { paragraph, section, context as smallPrint } from '../views/blocks.ts';
import { code } from '../views/mrkdwn.ts';
import type { Command, CommandCall } from './command.ts';

export const help: Command = {
  name: 'help',
  needs: 'help',
  arguments: '[COMMAND]',
  summary: 'show this, or more about one command',
  details: 'Shows all commands, or what one of them does.',
  examples: ['/k8s help up', '/k8s help'],
  run: runHelp,
};

async function runHelp({ commands, words }: CommandCall): Promise<Answer> {
  const [name] = words;
  return name === undefined ? overview(commands) : about(name, commands);
}

function overview(commands: readonly Command[]): Answer {
  const lines = commands.map((command) => `${code(usage(command))} · ${command.summary}`);
  return {
    text: `Slipway builds, runs and removes Kubernetes clusters. Commands: ${commands.map(({ name }) => name).join(', ')}`,
    blocks: [
      section(`*Slipway* builds, runs and removes Kubernetes clusters on OpenStack.\n\n${lines.join('\n')}`),
      smallPrint(`${code('/k8s help COMMAND')} tells more of one.`),
    ],
  };
}

function about(name: string, commands: readonly Command[]): Answer {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknown(name, commands);
  const examples = command.examples.map((example) => code(example)).join(' or ');
  const flags = (command.flags ?? []).map(
    ({ name: flag, value, summary }) => `${code(`--${flag} ${value}`)} · ${summary}\n`,
  );
  return paragraph(
    `${code(usage(command))} · ${command.summary}\n${command.details}\n${flags.join('')}Such as ${examples}`,
  );
}

function unknown(name: string, commands: readonly Command[]): UsageError {
  const names = commands.map((command) => command.name);
  const near = closest(name, names);
  return new UsageError(`There is no command ${name}.${near ? ` Did you mean /k8s help ${near}?` : ''}`, {
    hint: `The commands are: ${names.join(', ')}`,
  });
}

function usage({ name, arguments: words, flags = [] }: Command): string {
  return ['/k8s', name, words, ...flags.map((flag) => `[--${flag.name} ${flag.value}]`)]
    .filter((part) => part !== '')
    .join(' ');
}
