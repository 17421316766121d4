import { describe, expect, it } from 'vitest';
import { type Verb, verbs } from '../../../src/clusters/verbs.ts';
import { actions } from '../../../src/slack/actions/actions.ts';
import { commands } from '../../../src/slack/commands/commands.ts';
import { forms } from '../../../src/slack/forms/forms.ts';

describe('what commands and buttons need', () => {
  it('is what their name says, so that policy.commands can name them', () => {
    expect(commands.map(({ needs }) => needs)).toEqual(commands.map(({ name }) => name));
  });

  it('is all that the policy knows, and nothing else', () => {
    const needed = new Set<Verb>([
      ...[...commands, ...actions.values(), ...forms.values()].map(({ needs }) => needs),
      'form',
    ]);

    expect([...needed].sort()).toEqual([...verbs].sort());
  });

  it.each([
    ['tear-down', 'down'],
    ['cancel', 'cancel'],
    ['retry', 'retry'],
    ['log', 'logs'],
    ['pods', 'pods'],
    ['kubeconfig', 'kubeconfig'],
    ['keep', 'extend'],
  ])('is for the button %s the same as for the command %s', (id, verb) => {
    expect(actions.get(id)?.needs).toBe(verb);
  });
});
