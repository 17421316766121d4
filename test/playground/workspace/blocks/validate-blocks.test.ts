import { describe, expect, it } from 'vitest';
import {
  blockProblems,
  describeProblem,
  exceedsMessageText,
} from '../../../../src/playground/workspace/blocks/validate-blocks.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const letters = (count: number) => 'x'.repeat(count);
const button = (overrides: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...overrides });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const section = (overrides: object = {}) => ({ type: 'section', text: mrkdwn('Hello'), ...overrides });
const option = (value: string, text = value) => ({ text: plain(text), value });
const select = (overrides: object = {}) => ({
  type: 'static_select',
  action_id: 's',
  options: [option('a')],
  ...overrides,
});
const input = (element: object) => ({ type: 'input', label: plain('Reason'), element });
const image = { type: 'image', alt_text: 'A graph', image_url: 'https://example.org/graph.png' };

function problemsOf(...blocks: unknown[]): string[] {
  return blockProblems(blocks).map(describeProblem);
}

describe('blocks that Slack takes', () => {
  it.each([
    { name: 'a header', block: { type: 'header', text: plain(letters(150)) } },
    { name: 'a section with text', block: section({ text: mrkdwn(letters(3000)) }) },
    {
      name: 'a section with ten fields only',
      block: section({ text: undefined, fields: Array(10).fill(mrkdwn(letters(2000))) }),
    },
    { name: 'a section with a picture', block: section({ accessory: image }) },
    { name: 'a context of ten elements', block: { type: 'context', elements: Array(10).fill(mrkdwn('x')) } },
    { name: 'a divider', block: { type: 'divider' } },
    { name: 'an image', block: { ...image, title: plain('Load') } },
    {
      name: 'every element that an actions block may hold',
      block: actions(
        button(),
        select(),
        { type: 'overflow', action_id: 'o', options: [option('a')] },
        { type: 'radio_buttons', action_id: 'r', options: [option('a')] },
        { type: 'checkboxes', action_id: 'c', options: [option('a')] },
      ),
    },
    {
      name: 'a button with a full confirm dialog',
      block: actions(
        button({
          style: 'danger',
          value: letters(2000),
          confirm: {
            title: plain(letters(100)),
            text: mrkdwn(letters(300)),
            confirm: plain(letters(30)),
            deny: plain(letters(30)),
            style: 'danger',
          },
        }),
      ),
    },
    {
      name: 'an input of text',
      block: input({ type: 'plain_text_input', action_id: 't', multiline: true, max_length: 3000 }),
    },
    {
      name: 'an input of a number',
      block: input({
        type: 'number_input',
        action_id: 'n',
        is_decimal_allowed: false,
        initial_value: '3',
        min_value: '0',
        max_value: '3',
      }),
    },
    {
      name: 'an input of a day and a time',
      block: input({ type: 'datetimepicker', action_id: 'd', initial_date_time: 1_628_633_820 }),
    },
    {
      name: 'a menu of groups',
      block: actions(
        select({ options: undefined, option_groups: [{ label: plain('Group'), options: [option('a')] }] }),
      ),
    },
  ])('takes $name', ({ block }) => {
    expect(problemsOf(withoutUndefined(block))).toEqual([]);
  });

  it('takes fifty blocks', () => {
    expect(problemsOf(...Array(50).fill({ type: 'divider' }))).toEqual([]);
  });
});

describe('blocks that Slack refuses', () => {
  it.each([
    {
      name: 'a header that is too long',
      block: { type: 'header', text: plain(letters(151)) },
      problem: 'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    },
    {
      name: 'a header in markup',
      block: { type: 'header', text: mrkdwn('x') },
      problem: 'must be a valid enum value [json-pointer:/blocks/0/text/type]',
    },
    {
      name: 'a section that is too long',
      block: section({ text: mrkdwn(letters(3001)) }),
      problem: 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    },
    {
      name: 'an empty text',
      block: section({ text: mrkdwn('') }),
      problem: 'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    },
    {
      name: 'a section that says nothing',
      block: { type: 'section' },
      problem: 'missing required field: text [json-pointer:/blocks/0]',
    },
    {
      name: 'eleven fields',
      block: section({ fields: Array(11).fill(mrkdwn('x')) }),
      problem: 'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    },
    {
      name: 'a field that is too long',
      block: section({ fields: [mrkdwn('x'), mrkdwn(letters(2001))] }),
      problem: 'must be less than 2001 characters [json-pointer:/blocks/0/fields/1/text]',
    },
    {
      name: 'eleven context elements',
      block: { type: 'context', elements: Array(11).fill(mrkdwn('x')) },
      problem: 'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    },
    {
      name: 'a button in a context',
      block: { type: 'context', elements: [button()] },
      problem: 'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    },
    {
      name: 'an actions block without elements',
      block: actions(),
      problem: 'no less than 1 items allowed [json-pointer:/blocks/0/elements]',
    },
    {
      name: 'twenty-six buttons',
      block: actions(...Array.from({ length: 26 }, (_, index) => button({ action_id: `b${index}` }))),
      problem: 'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    },
    {
      name: 'an action id used twice',
      block: actions(button(), button()),
      problem: '`action_id` `go` already exists [json-pointer:/blocks/0/elements/1/action_id]',
    },
    {
      name: 'a label that is too long',
      block: actions(button({ text: plain(letters(76)) })),
      problem: 'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    },
    {
      name: 'a value that is too long',
      block: actions(button({ value: letters(2001) })),
      problem: 'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    },
    {
      name: 'an unknown style',
      block: actions(button({ style: 'warning' })),
      problem: 'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    },
    {
      name: 'a confirm dialog without text',
      block: actions(button({ confirm: { title: plain('Sure?') } })),
      problem: 'missing required field: text [json-pointer:/blocks/0/elements/0/confirm]',
    },
    {
      name: 'a confirm button that is too long',
      block: actions(button({ confirm: { text: plain('x'), confirm: plain(letters(31)) } })),
      problem: 'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]',
    },
    {
      name: 'a menu without options',
      block: actions({ type: 'static_select', action_id: 's' }),
      problem: 'must provide exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]',
    },
    {
      name: 'an option that is too long',
      block: actions(select({ options: [option('a', letters(76))] })),
      problem: 'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
    },
    {
      name: 'a choice that is no option',
      block: actions(select({ initial_option: option('b') })),
      problem: 'initial_option must match one of the options [json-pointer:/blocks/0/elements/0]',
    },
    {
      name: 'six entries in an overflow menu',
      block: actions({ type: 'overflow', action_id: 'o', options: 'abcdef'.split('').map((value) => option(value)) }),
      problem: 'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
    },
    {
      name: 'eleven radio buttons',
      block: actions({ type: 'radio_buttons', action_id: 'r', options: Array(11).fill(option('a')) }),
      problem: 'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
    },
    {
      name: 'an address that is none',
      block: actions(button({ url: 'javascript:alert(1)' })),
      problem: 'invalid url [json-pointer:/blocks/0/elements/0/url]',
    },
    {
      name: 'a picture without a source',
      block: { type: 'image', alt_text: 'x' },
      problem: 'must provide exactly one of: image_url, slack_file [json-pointer:/blocks/0]',
    },
    {
      name: 'a picture without a description',
      block: { type: 'image', image_url: 'https://example.org/a.png' },
      problem: 'missing required field: alt_text [json-pointer:/blocks/0]',
    },
    {
      name: 'an input without a label',
      block: { type: 'input', element: { type: 'plain_text_input', action_id: 't' } },
      problem: 'missing required field: label [json-pointer:/blocks/0]',
    },
    {
      name: 'a button as an input',
      block: input(button()),
      problem: 'unsupported type: button [json-pointer:/blocks/0/element/type]',
    },
    {
      name: 'a number outside of an input',
      block: actions({ type: 'number_input', action_id: 'n', is_decimal_allowed: false }),
      problem: 'unsupported type: number_input [json-pointer:/blocks/0/elements/0/type]',
    },
    {
      name: 'a number that does not say whether it may be a fraction',
      block: input({ type: 'number_input', action_id: 'n' }),
      problem: 'missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]',
    },
    {
      name: 'a bound that is no text',
      block: input({ type: 'number_input', action_id: 'n', is_decimal_allowed: false, max_value: 3 }),
      problem: 'must be a string of a number [json-pointer:/blocks/0/element/max_value]',
    },
    {
      name: 'bounds the wrong way round',
      block: input({ type: 'number_input', action_id: 'n', is_decimal_allowed: true, min_value: '10', max_value: '9' }),
      problem: 'min_value cannot be greater than max_value [json-pointer:/blocks/0/element/min_value]',
    },
    {
      name: 'a number that begins out of its bounds',
      block: input({
        type: 'number_input',
        action_id: 'n',
        is_decimal_allowed: false,
        initial_value: '4',
        max_value: '3',
      }),
      problem: 'initial_value must be between min_value and max_value [json-pointer:/blocks/0/element/initial_value]',
    },
    {
      name: 'a time in milliseconds',
      block: input({ type: 'datetimepicker', action_id: 'd', initial_date_time: 1_628_633_820_000 }),
      problem: 'must be less than 10000000000 [json-pointer:/blocks/0/element/initial_date_time]',
    },
    {
      name: 'a field that does not exist',
      block: section({ colour: 'red' }),
      problem: 'invalid additional property: colour [json-pointer:/blocks/0]',
    },
    {
      name: 'a block that does not exist',
      block: { type: 'table' },
      problem: 'unsupported type: table [json-pointer:/blocks/0/type]',
    },
    {
      name: 'a block named after a method of objects',
      block: { type: 'constructor' },
      problem: 'unsupported type: constructor [json-pointer:/blocks/0/type]',
    },
    { name: 'a block without a type', block: {}, problem: 'missing required field: type [json-pointer:/blocks/0]' },
    { name: 'text instead of a block', block: 'Hello', problem: 'must be an object [json-pointer:/blocks/0]' },
    {
      name: 'a block id that is too long',
      block: { type: 'divider', block_id: letters(256) },
      problem: 'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    },
  ])('refuses $name', ({ block, problem }) => {
    expect(problemsOf(block)).toEqual([problem]);
  });

  it('refuses fifty-one blocks', () => {
    expect(problemsOf(...Array(51).fill({ type: 'divider' }))).toEqual([
      'no more than 50 items allowed [json-pointer:/blocks]',
    ]);
  });

  it('refuses a block id that is used twice', () => {
    const problems = problemsOf({ type: 'divider', block_id: 'a' }, { type: 'divider', block_id: 'a' });

    expect(problems).toEqual(['`block_id` `a` already exists [json-pointer:/blocks/1/block_id]']);
  });

  it('names every problem, each with its place', () => {
    const problems = problemsOf(section({ text: mrkdwn(''), colour: 'red' }), { type: 'header' });

    expect(problems).toHaveLength(3);
  });
});

describe('the text of all blocks together', () => {
  const many = (last: number) => [
    ...Array(4).fill(section({ text: mrkdwn(letters(3000)) })),
    section({ text: mrkdwn(letters(last)) }),
  ];

  it.each([
    { last: 1000, exceeds: false },
    { last: 1001, exceeds: true },
  ])('may be 13,000 characters: 12,000 + $last exceeds it: $exceeds', ({ last, exceeds }) => {
    expect(exceedsMessageText(many(last))).toBe(exceeds);
  });
});

function withoutUndefined(block: object): object {
  return JSON.parse(JSON.stringify(block));
}
