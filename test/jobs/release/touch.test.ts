import { expect, it } from 'vitest';
import { isFresh } from '../../../jobs/release/touch.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = 10 * day;

it('needs a note of its use once an hour', () => {
  expect(isFresh(now - 59 * minute, 7 * day, now)).toBe(true);
  expect(isFresh(now - 60 * minute, 7 * day, now)).toBe(false);
});

it('needs one long before it is removed, however short unused things are kept', () => {
  expect(isFresh(now - 4 * minute, 10 * minute, now)).toBe(true);
  expect(isFresh(now - 5 * minute, 10 * minute, now)).toBe(false);
});
