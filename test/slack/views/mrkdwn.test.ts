import { describe, expect, it } from 'vitest';
import { allOf, anyOf, code, cut, date, fitLines, link, mention, oneLine } from '../../../src/slack/views/mrkdwn.ts';

describe('text for Slack', () => {
  it.each([
    ['a & b', 10, 'a &amp; b'],
    ['<!here>', 20, '&lt;!here&gt;'],
    ['  two\n lines ', 20, 'two lines'],
    ['abcdef', 4, 'abc…'],
    // An entity and a surrogate pair are kept whole or left out.
    ['<<<<', 9, '&lt;&lt;…'],
    ['a𝒳𝒴', 4, 'a𝒳…'],
    ['', 5, ''],
  ])('puts %j on one line of %i characters: %j', (text, max, expected) => {
    expect(oneLine(text, max)).toBe(expected);
    expect(oneLine(text, max).length).toBeLessThanOrEqual(max);
  });

  it('keeps line breaks where lines are wanted', () => {
    expect(cut('a\nb', 10)).toBe('a\nb');
  });

  it.each([
    ['plain', '`plain`'],
    ['with `ticks`', "`with 'ticks'`"],
    ['<tag>', '`&lt;tag&gt;`'],
    ['', '` `'],
  ])('shows %j as code', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('mentions people and user groups', () => {
    expect([mention('U1'), mention('W1'), mention('S1')]).toEqual(['<@U1>', '<@W1>', '<!subteam^S1>']);
  });

  it('enumerates', () => {
    expect([anyOf([]), anyOf(['a']), anyOf(['a', 'b']), allOf(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a or b',
      'a, b and c',
    ]);
  });

  it.each([
    ['https://203.0.113.10:6443', '<https://203.0.113.10:6443>'],
    ['https://x.example/?a=1&b=2', '<https://x.example/?a=1&amp;b=2>'],
    ['https://x.example|click', 'https://x.example|click'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['https://x.example/<!channel>', 'https://x.example/&lt;!channel&gt;'],
  ])('links %s only when it is a plain web address', (url, expected) => {
    expect(link(url)).toBe(expected);
  });

  it('gives dates to be shown in the time zone of each reader', () => {
    expect(date(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(
      '<!date^1767323045^{date_short_pretty} at {time}|2026-01-02 03:04 UTC>',
    );
  });

  it.each([
    [['a', 'b'], 10, 'a\nb'],
    [['aaaa', 'bbbb', 'cccc'], 20, 'aaaa\nbbbb\ncccc'],
    [['aaaaaaaa', 'bbbbbbbb', 'cccccccc'], 24, 'aaaaaaaa\nand 2 more'],
    [['x'.repeat(50)], 20, 'and 1 more'],
  ])('fits %j into %i characters', (lines, max, expected) => {
    expect(fitLines(lines, max)).toBe(expected);
    expect(fitLines(lines, max).length).toBeLessThanOrEqual(max);
  });

  it('keeps to a number of lines, too', () => {
    expect(fitLines(['a', 'b', 'c', 'd'], 100, 2)).toBe('a\nb\nand 2 more');
    expect(fitLines(['a', 'b'], 100, 2)).toBe('a\nb');
  });
});
