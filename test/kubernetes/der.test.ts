import { describe, expect, it } from 'vitest';
import { bitString, bool, integer, oid, sequence, tagged, utcTime, utf8String } from '../../src/kubernetes/der.ts';

describe('DER', () => {
  it.each([
    ['an empty sequence', sequence(), '3000'],
    ['true', bool(true), '0101ff'],
    ['an integer', integer(Buffer.from([2])), '020102'],
    ['a bit string of six bits', bitString(Buffer.from([0b10000100]), 2), '03020284'],
    ['text', utf8String('é'), '0c02c3a9'],
    ['the identifier of the common name', oid('2.5.4.3'), '0603550403'],
    ['an identifier with a number above 127', oid('1.2.840.113549'), '06062a864886f70d'],
    ['a time', utcTime(new Date('2026-03-01T12:34:56.789Z')), `170d${Buffer.from('260301123456Z').toString('hex')}`],
  ])('writes %s', (_what, value, hex) => {
    expect(value.toString('hex')).toBe(hex);
  });

  it.each([
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_535, '0482ffff'],
  ])('says the length of %i bytes', (length, head) => {
    const value = tagged(0x04, Buffer.alloc(length));

    expect(value.toString('hex', 0, head.length / 2)).toBe(head);
    expect(value).toHaveLength(length + head.length / 2);
  });

  it('writes no value of a size that no certificate has', () => {
    expect(() => tagged(0x04, Buffer.alloc(65_536))).toThrow(RangeError);
  });
});
