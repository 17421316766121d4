import { describe, expect, it } from 'vitest';
import { fitLine, wrapText } from '../../src/topology-picture/fit-text.ts';
import { drawable, textWidth } from '../../src/topology-picture/measure.ts';

const style = { size: 40, weight: 'regular' } as const;

describe('fitLine', () => {
  it('leaves alone what fits', () => {
    expect(fitLine('staging-node-0', 400, style)).toBe('staging-node-0');
  });

  it('cuts the middle, where names differ least, or the end', () => {
    const name = 'staging-node-of-a-long-name-07';

    const [middle, end] = [fitLine(name, 300, style), fitLine(name, 300, style, 'end')];

    expect(middle).toMatch(/^stagin.*….*ame-07$/);
    expect(end).toMatch(/^staging-node.*…$/);
    expect(textWidth(middle, style)).toBeLessThanOrEqual(300);
    expect(textWidth(end, style)).toBeLessThanOrEqual(300);
  });

  it('keeps nothing where there is room for nothing', () => {
    expect(fitLine('staging', 10, style)).toBe('…');
  });
});

describe('wrapText', () => {
  it.each([
    ['staging', 3, ['staging']],
    ['a-very-long-cluster-control-plane-0', 3, ['a-very-long-', 'cluster-control-', 'plane-0']],
    ['fd00:1234:5678:9abc:def0:1234:5678:9abc', 2, ['fd00:1234:', '5678:9…8:9abc']],
    ['x'.repeat(30), 2, ['x'.repeat(15), 'x'.repeat(15)]],
    ['', 2, []],
  ])('breaks %s into %i lines at most', (text, most, lines) => {
    const wrapped = wrapText(text, 310, style, most);

    expect(wrapped.length).toBeLessThanOrEqual(most);
    for (const line of wrapped) expect(textWidth(line, style)).toBeLessThanOrEqual(310);
    expect(wrapped).toEqual(lines);
  });
});

describe('drawable', () => {
  it.each([
    ['Zürich – Łódź', 'Zürich ? Łódź'],
    ['日本🛥', '???'],
    ['one\n\ttwo\u0007', 'one two?'],
    ['e\u0301', 'é'],
  ])('turns %j into %j', (text, drawn) => {
    expect(drawable(text)).toBe(drawn);
  });
});
