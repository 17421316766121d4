import { describe, expect, it } from 'vitest';
import { closest } from '../src/closest.ts';

describe('the closest word', () => {
  const names = ['up', 'down', 'status', 'list', 'help'];

  it.each([
    ['upp', 'up'],
    ['donw', 'down'],
    ['statsu', 'status'],
    ['stat', 'status'],
    ['lst', 'list'],
    ['hlep', 'help'],
    ['help', 'help'],
  ])('to %s is %s', (word, expected) => {
    expect(closest(word, names)).toBe(expected);
  });

  it.each(['', 'frobnicate', 'x', 'uninstall', 'a'.repeat(10_000)])('to %s is none', (word) => {
    expect(closest(word, names)).toBeUndefined();
  });

  it('is the one with the fewest mistakes', () => {
    expect(closest('staging-1', ['staging-22', 'staging-2', 'staging'])).toBe('staging-2');
  });
});
