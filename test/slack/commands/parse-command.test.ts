import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { commands } from '../../../src/slack/commands/commands.ts';
import { parseCommand } from '../../../src/slack/commands/parse-command.ts';

function problemOf(line: string): UsageError {
  try {
    parseCommand(line, commands);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error(`${line} was understood`);
}

describe('parsing a command', () => {
  it.each([
    ['up staging', 'up', ['staging']],
    ['  UP\t staging  ', 'up', ['staging']],
    ['up “Staging”', 'up', ['staging']],
    ["up 'staging'", 'up', ['staging']],
    ['up `staging`', 'up', ['staging']],
    ['up\u00a0staging', 'up', ['staging']],
    ['up\u200b staging', 'up', ['staging']],
    ['ｕｐ staging', 'up', ['staging']],
    ['status', 'status', []],
    ['help up', 'help', ['up']],
    ['history <@U0BOB|bob o’hara>', 'history', ['@U0BOB']],
    ['list <#C0DEPLOYS|deploys>', 'list', ['#C0DEPLOYS']],
    ['list <#C0DEPLOYS>', 'list', ['#C0DEPLOYS']],
    ['history <!subteam^S0PLATFORM|@platform>', 'history', ['@S0PLATFORM']],
    ['', 'help', []],
    ['   ', 'help', []],
  ])('understands %j', (line, name, words) => {
    const parsed = parseCommand(line, commands);

    expect([parsed.command.name, parsed.words]).toEqual([name, words]);
  });

  it.each([
    ['upp staging', 'There is no command upp. Did you mean /k8s up staging?'],
    ['delete staging', 'There is no command delete.'],
    ['log staging', 'There is no command log. Did you mean /k8s logs staging?'],
    ['cansel staging', 'There is no command cansel. Did you mean /k8s cancel staging?'],
    ['release', 'There is no command release. Did you mean /k8s releases?'],
    ['cancel', '/k8s cancel needs the name of a cluster'],
    ['down', '/k8s down needs the name of a cluster'],
    ['up staging production', '/k8s up takes one word after it, and got 2'],
    ['scale staging', '/k8s scale needs NODES after staging'],
    ['doctor a b', '/k8s doctor takes one word after it, and got 2'],
    ['status a b', '/k8s status takes one word after it, and got 2'],
  ])('answers %j with: %s', (line, message) => {
    expect(problemOf(line).message).toBe(message);
  });

  it('leaves the values of flags as they were typed, for git tells capitals from small letters', () => {
    const { words, flags } = parseCommand('UP Staging --VERSION Feature/New —nodes=2', commands);

    expect(words).toEqual(['staging']);
    expect([...flags]).toEqual([
      ['version', 'Feature/New'],
      ['nodes', '2'],
    ]);
  });

  it('says what to type instead', () => {
    expect(problemOf('down').hint).toBe('Type /k8s down CLUSTER, such as /k8s down staging');
    expect(problemOf('nonsense').hint).toBe(
      'The commands are: up, down, cancel, retry, extend, scale, upgrade, plan, status, list, pods, topology, kubeconfig, logs, releases, doctor, history, help',
    );
  });
});

describe('the table of commands', () => {
  it.each(commands.map((command) => [command.name, command]))(
    'has examples of %s that it understands itself',
    (name, { examples }) => {
      const parsed = examples.map((example) => parseCommand(example.replace('/k8s ', ''), commands).command.name);

      expect(parsed).toEqual(examples.map(() => name));
    },
  );
});
