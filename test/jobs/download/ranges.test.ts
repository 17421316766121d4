import { describe, expect, it } from 'vitest';
import { grantedRange, lengthOf, validatorOf } from '../../../jobs/download/ranges.ts';

const date = 'Sun, 22 Nov 2026 12:00:00 GMT';
const earlier = 'Sun, 22 Nov 2026 11:59:59 GMT';

describe('what tells versions apart', () => {
  it.each([
    ['a strong ETag', { etag: '"a1"', 'last-modified': earlier, date }, '"a1"'],
    ['the date of a file with a weak ETag', { etag: 'W/"a1"', 'last-modified': earlier, date }, earlier],
  ])('is %s', (_what, headers, validator) => {
    expect(validatorOf(headers)).toBe(validator);
  });

  it.each([
    ['a weak ETag', { etag: 'W/"a1"' }],
    ['an ETag without quotes', { etag: 'a1' }],
    ['the date of a file that has just changed', { 'last-modified': date, date }],
    ['a date that nobody knows the age of', { 'last-modified': earlier }],
    ['no date', { 'last-modified': 'yesterday', date }],
  ])('is not %s', (_what, headers) => {
    expect(validatorOf(headers)).toBeUndefined();
  });
});

describe('an answer with a range', () => {
  const stopped = { byte: 100, validator: '"a1"' };

  it.each([
    ['of a known size', { 'content-range': 'bytes 100-999/1000' }, 1000],
    ['of a size that nobody knows', { 'content-range': 'bytes 100-999/*' }, undefined],
    ['of the same version', { 'content-range': 'bytes 100-999/1000', etag: '"a1"' }, 1000],
  ])('is taken %s', (_what, headers, size) => {
    expect(grantedRange(headers, stopped)).toEqual({ size });
  });

  it.each([
    ['of another beginning', { 'content-range': 'bytes 0-999/1000' }],
    ['of another version', { 'content-range': 'bytes 100-999/1000', etag: '"b2"' }],
    ['of several parts', { 'content-type': 'multipart/byteranges; boundary=x' }],
    ['of other units', { 'content-range': 'lines 100-999/1000' }],
  ])('is not taken %s', (_what, headers) => {
    expect(grantedRange(headers, stopped)).toBeUndefined();
  });
});

it.each([
  [{ 'content-length': '12' }, 12],
  [{ 'content-length': '-1' }, undefined],
  [{}, undefined],
])('the length in %o is %s', (headers, length) => {
  expect(lengthOf(headers)).toBe(length);
});
