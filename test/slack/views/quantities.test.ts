import { describe, expect, it } from 'vitest';
import { age, bar, bytes, count, duration, kubectlAge, roughly } from '../../../src/slack/views/quantities.ts';

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
    [200, '1 s'],
    [45_000, '45 s'],
    [89_000, '1 min 29 s'],
    [118_000, '2 min'],
    [1_620_000, '27 min'],
    [11_430_000, '3 h 11 min'],
  ])('says %i ms roughly as %s', (ms, expected) => {
    expect(roughly(ms)).toBe(expected.replaceAll(' ', '\u00a0'));
  });

  it.each([
    [-1, '0s'],
    [119_000, '119s'],
    [450_000, '7m30s'],
    [480_000, '8m'],
    [7_140_000, '119m'],
    [10_800_000, '3h'],
    [19_200_000, '5h20m'],
    [170_000_000, '47h'],
    [273_600_000, '3d4h'],
    [17_280_000_000, '200d'],
  ])('says an age of %i ms as kubectl does: %s', (ms, expected) => {
    expect(kubectlAge(ms)).toBe(expected);
  });

  it.each([
    [-1, '0 min'],
    [300_000, '5 min'],
    [7_199_000, '119 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 days'],
    [1_080_000_000, '12 days'],
  ])('says an age of %i ms as %s', (ms, expected) => {
    expect(age(ms)).toBe(expected);
  });

  it.each([
    [0, '0 kB'],
    [20_001, '21 kB'],
    [345e6, '345 MB'],
    [1.24e9, '1.2 GB'],
  ])('says %i bytes as %s', (size, expected) => {
    expect(bytes(size)).toBe(expected);
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
