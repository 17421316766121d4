import { describe, expect, it } from 'vitest';
import { codeBlock } from '../../../src/slack/views/code-block.ts';

describe('a block of code', () => {
  it('shows lines as they are', () => {
    expect(codeBlock(['a.go:1: undefined: x', '\tdetail'])).toBe('```\na.go:1: undefined: x\n  detail\n```');
  });

  it.each([
    ['what Slack would read as tags', '<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['colours', '\u001b[31;1merror\u001b[0m: \u009b2Kno', 'error: no'],
    ['control characters', 'a\u0000b\u0007c\rd', 'abcd'],
    ['what turns text around or hides it', 'ab\u202ecd\u200be', 'abcde'],
    ['line breaks of other alphabets', 'a\u2028b\u0085c', 'abc'],
  ])('takes the power from %s', (_, line, shown) => {
    expect(codeBlock([line])).toBe(`\`\`\`\n${shown}\n\`\`\``);
  });

  it.each(['a ``` b', '```', '````` `', '\u0060\u200b\u0060\u0060 x'])('is not ended by a line such as %j', (line) => {
    const block = codeBlock([line, 'next']) ?? '';

    expect(block.match(/```/g)).toHaveLength(2);
    expect(block).toMatch(/next\n```$/);
  });

  it('keeps single backticks, since compilers quote with them', () => {
    expect(codeBlock(['undefined: `x`'])).toBe('```\nundefined: `x`\n```');
  });

  it('says how many lines are not shown', () => {
    const lines = Array.from({ length: 15 }, (_, index) => `line ${index}`);

    const block = codeBlock(lines, { lines: 12, length: 2_000 }) ?? '';

    expect(block.split('\n')).toHaveLength(15);
    expect(block).toContain('line 11\n… 3 more lines\n```');
  });

  it('cuts each of many long lines rather than leaving the last ones out', () => {
    const block = codeBlock(Array.from({ length: 12 }, (_, index) => `${index} ${'x'.repeat(400)}`)) ?? '';

    expect(block.split('\n')).toHaveLength(14);
    expect(block).toContain('\n11 xxx');
    expect(block.length).toBeLessThanOrEqual(2_000);
  });

  it.each([60, 200, 2_000])('has at most %i characters, with whole entities', (length) => {
    const block =
      codeBlock(
        Array.from({ length: 12 }, () => '<>&'.repeat(300)),
        { lines: 12, length },
      ) ?? '```\n```';

    expect(block.length).toBeLessThanOrEqual(length);
    expect(block.replaceAll(/&(lt|gt|amp);/g, '')).not.toContain('&');
  });

  it.each([[[]], [['', ' ', '\u0000']]])('is nothing where there is nothing to show: %j', (lines) => {
    expect(codeBlock(lines)).toBeUndefined();
  });
});
