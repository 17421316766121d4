import { describe, expect, it } from 'vitest';
import { textTable } from '../../../src/slack/views/text-table.ts';

describe('a table in text', () => {
  it('aligns its columns', () => {
    expect(
      textTable(
        ['NAME', 'STATE'],
        [
          ['staging', 'up'],
          ['b', 'not there'],
        ],
      ),
    ).toBe('```\nNAME     STATE\nstaging  up\nb        not there\n```');
  });

  it('aligns by what is seen, and escapes after that', () => {
    expect(
      textTable(
        ['A', 'B'],
        [
          ['<>', 'x'],
          ['```', 'y\nz'],
        ],
      ),
    ).toBe("```\nA    B\n&lt;&gt;   x\n'''  y z\n```");
  });

  it('counts rows that are not even here among those', () => {
    expect(textTable(['A'], [['1'], ['2']], 2_900, 40)).toBe('```\nA\n1\n2\n```\nand 40 more');
  });

  it('says how many rows did not fit', () => {
    const rows = Array.from({ length: 100 }, (_, index) => [`cluster-${index}`]);

    const table = textTable(['CLUSTER'], rows, 300);

    expect(table.length).toBeLessThanOrEqual(300);
    expect(table).toMatch(/```\nand \d\d more$/);
  });
});
