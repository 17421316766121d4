import { describe, expect, it } from 'vitest';
import type { SwiftInfo } from '../../../src/openstack/swift/info.ts';
import { isSegmentOf, segmentPrefix, segmentSizeFor, segmentsOf } from '../../../src/openstack/swift/segments.ts';

const mebibyte = 1024 ** 2;
const gibibyte = 1024 * mebibyte;
const limits = { maxCount: 1000, minSize: 1, maxManifestSize: 8 * mebibyte };
const usual: SwiftInfo = { maxFileSize: 5 * gibibyte + 2, segments: limits, ceph: false };

describe('the size of segments', () => {
  it.each([
    ['no segments for a small file', 400 * mebibyte, usual, undefined, undefined],
    ['no segments for what fits exactly', gibibyte, usual, undefined, undefined],
    ['segments for what is larger', gibibyte + 1, usual, undefined, 128 * mebibyte],
    ['larger ones when there would be too many', 500 * gibibyte, usual, undefined, 512 * mebibyte],
    ['the largest object when that is less than usual', 100, { ...usual, maxFileSize: 60 }, undefined, 60],
    ['the size that is asked for', 100, usual, 30, 30],
    ['no segments for a file of the size that is asked for', 30, usual, 30, undefined],
    ['no less than Swift allows', 3 * mebibyte, { ...usual, segments: { ...limits, minSize: mebibyte } }, 10, mebibyte],
    [
      'one piece where Swift knows no segments',
      4 * gibibyte,
      { maxFileSize: 5 * gibibyte, ceph: false },
      undefined,
      undefined,
    ],
    [
      'few enough for the size of a manifest',
      1000,
      { ...usual, segments: { ...limits, maxManifestSize: 1000 } },
      10,
      200,
    ],
  ])('means %s', (_case, size, info, wanted, expected) => {
    expect(segmentSizeFor(size, 10, info, wanted)).toBe(expected);
  });

  it.each([
    ['without segments', { maxFileSize: 5 * gibibyte, ceph: false }, 6 * gibibyte],
    ['with as many as there may be', { ...usual, segments: { ...limits, maxCount: 2 } }, 11 * gibibyte],
  ])('cannot be found for a file that is too large %s', (_case, info, size) => {
    expect(() => segmentSizeFor(size, 10, info)).toThrow(`A file of ${(size / 1e9).toFixed(1)} GB is more than`);
  });
});

describe('segments', () => {
  it('cover the file without a gap, the last one shorter, in names that sort', () => {
    expect(segmentsOf(25, 10, 'segments/o/id/25-10/')).toEqual([
      { object: 'segments/o/id/25-10/00000001', start: 0, size: 10 },
      { object: 'segments/o/id/25-10/00000002', start: 10, size: 10 },
      { object: 'segments/o/id/25-10/00000003', start: 20, size: 5 },
    ]);
  });

  it('have names that tell one upload from another', () => {
    const names = [
      segmentPrefix('o', 'id', 25, 10),
      segmentPrefix('o', 'id', 25, 5),
      segmentPrefix('o', 'other', 25, 10),
      segmentPrefix('p', 'id', 25, 10),
    ];

    expect(new Set(names).size).toBe(4);
  });

  it.each([
    ['segments/a/id/25-10/00000001', true],
    ['segments/a/b/id/25-10/00000001', false],
    ['segments/ab/id/25-10/00000001', false],
    ['a/id/25-10/00000001', false],
    ['segments/a/id/25-10/1', false],
  ])('of the object a: %s is %s', (name, expected) => {
    expect(isSegmentOf('a', name)).toBe(expected);
  });
});
