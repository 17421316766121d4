import { describe, expect, it } from 'vitest';
import { bar, count, duration } from '../../../src/slack/views/quantities.ts';

describe('quantities in words', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [1_499, '1 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [3_780_000, '1 h 3 min'],
    [90_000_000, '25 h'],
  ])('says %i ms as %s, with a blank that no line breaks at', (ms, expected) => {
    expect(duration(ms)).toBe(expected.replaceAll(' ', '\u00a0'));
  });

  it.each([
    [0, 'no nodes'],
    [1, '1 node'],
    [3, '3 nodes'],
  ])('counts %i', (number, expected) => {
    expect(count(number, 'node')).toBe(expected);
  });

  it.each([
    [0, 12, '□□□□□□□□□□□□ 0 of 12'],
    [6, 12, '■■■■■■□□□□□□ 6 of 12'],
    [12, 12, '■■■■■■■■■■■■ 12 of 12'],
    [1_199, 1_200, '■■■■■■■■■■■□ 99 %'],
    [5_000, 1_200, '■■■■■■■■■■■■ 100 %'],
    [-1, 1_200, '□□□□□□□□□□□□ 0 %'],
  ])('draws %i of %i', (done, total, expected) => {
    expect(bar(done, total)).toBe(expected);
  });

  it.each([
    [undefined, 12],
    [3, undefined],
    [3, 0],
    [3, Number.NaN],
  ])('draws nothing for %s of %s', (done, total) => {
    expect(bar(done, total)).toBeUndefined();
  });
});
