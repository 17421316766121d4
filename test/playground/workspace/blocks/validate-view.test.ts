import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../../../src/playground/workspace/blocks/validate-blocks.ts';
import { viewProblems } from '../../../../src/playground/workspace/blocks/validate-view.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const divider = { type: 'divider' };
const input = { type: 'input', label: plain('Reason'), element: { type: 'plain_text_input', action_id: 't' } };
const modal = (overrides: object = {}) => ({ type: 'modal', title: plain('Deny'), blocks: [divider], ...overrides });

describe('viewProblems', () => {
  it.each([
    { name: 'a modal', view: modal(), kind: 'modal' as const },
    {
      name: 'a modal with an input and a way to submit it',
      view: modal({ blocks: [input], submit: plain('Deny') }),
      kind: 'modal' as const,
    },
    { name: 'a modal of a hundred blocks', view: modal({ blocks: Array(100).fill(divider) }), kind: 'modal' as const },
    { name: 'a home', view: { type: 'home', blocks: [] }, kind: 'home' as const },
  ])('takes $name', ({ view, kind }) => {
    expect(viewProblems(view, kind)).toEqual([]);
  });

  it.each([
    {
      name: 'a title that is too long',
      view: modal({ title: plain('x'.repeat(25)) }),
      problem: 'must be less than 25 characters [json-pointer:/view/title/text]',
    },
    {
      name: 'an input that nobody can submit',
      view: modal({ blocks: [input] }),
      problem: 'missing required field: submit [json-pointer:/view]',
    },
    {
      name: 'two inputs that both want the cursor',
      view: modal({
        blocks: ['a', 'b'].map((id) => ({
          ...input,
          element: { ...input.element, action_id: id, focus_on_load: true },
        })),
        submit: plain('Deny'),
      }),
      problem: 'only one element can have focus_on_load set to true [json-pointer:/view]',
    },
    {
      name: 'a block too many',
      view: modal({ blocks: Array(101).fill(divider) }),
      problem: 'no more than 100 items allowed [json-pointer:/view/blocks]',
    },
    {
      name: 'a block that is wrong',
      view: modal({ blocks: [{ type: 'header' }] }),
      problem: 'missing required field: text [json-pointer:/view/blocks/0]',
    },
    {
      name: 'private metadata that is too long',
      view: modal({ private_metadata: 'x'.repeat(3001) }),
      problem: 'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    },
    {
      name: 'a home where a modal belongs',
      view: { type: 'home', blocks: [] },
      problem: 'unsupported type: home [json-pointer:/view/type]',
    },
  ])('refuses $name', ({ view, problem }) => {
    expect(viewProblems(view, 'modal').map(describeProblem)).toEqual([problem]);
  });
});
