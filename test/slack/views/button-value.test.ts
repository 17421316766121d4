import { describe, expect, it } from 'vitest';
import { buttonValue, parseButtonValue } from '../../../src/slack/views/button-value.ts';

describe('the value of a button', () => {
  it.each([
    [{ deployment: 'staging-abc' }],
    [{ cluster: 'staging' }],
    [{ cluster: 'staging', deployment: 'staging-abc' }],
    [{ deployment: 'staging-abc', revision: 2 }],
    [{}],
  ])('comes back as it was: %j', (value) => {
    expect(parseButtonValue(buttonValue(value))).toEqual(value);
  });

  it.each([
    undefined,
    '',
    'null',
    '7',
    '[]',
    '{"d":7,"c":{}}',
    '{"r":-1}',
    '{"r":"2"}',
    '{"r":1.5}',
    '{"d":"<!channel>","c":"../x"}',
    `{"d":"${'a'.repeat(101)}"}`,
    '{"d":',
  ])('is nothing when somebody has tampered with it: %s', (value) => {
    expect(parseButtonValue(value)).toEqual({});
  });
});
