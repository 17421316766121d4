import { describe, expect, it } from 'vitest';
import { assertFormat, whatBegins } from '../../../jobs/image/format.ts';

describe('the first bytes of an image', () => {
  it.each([
    ['514649fb00000003', 'a qcow2 image'],
    ['fd377a585a000004', 'an xz archive'],
    ['1f8b0800000000', 'a gzip archive'],
    ['425a6839314159', 'a bzip2 archive'],
    ['28b52ffd2400', 'a zstd archive'],
    ['504b030414', 'a zip archive'],
    ['4b444d56', 'a VMDK image'],
    ['', 'empty'],
    ['eb63901031c0', undefined],
    ['00000000', undefined],
  ])('%s are those of %s', (digits, what) => {
    expect(whatBegins(Buffer.from(digits, 'hex'))).toBe(what);
  });

  it.each(['<!DOCTYPE html>', '\n  <html lang="en">', '<?xml version="1.0"?><Error/>'])('%j begin a page', (text) => {
    expect(whatBegins(Buffer.from(text))).toBe('a web page');
  });

  const image = { name: 'debian-12' } as const;
  const qcow2 = Buffer.from('514649fb00000003', 'hex');
  const disk = Buffer.alloc(512);

  it('are accepted for what they are', () => {
    assertFormat(qcow2, { ...image, format: 'qcow2' }, 'It');
    assertFormat(disk, { ...image, format: 'raw' }, 'It');
  });

  it.each([
    [disk, 'qcow2', 'It is not the qcow2 image debian-12: it is something else'],
    [qcow2, 'raw', 'It is not the raw image debian-12: it is a qcow2 image'],
    [Buffer.from('1f8b0800', 'hex'), 'raw', 'It is not the raw image debian-12: it is a gzip archive'],
    [Buffer.alloc(0), 'raw', 'It is not the raw image debian-12: it is empty'],
  ] as const)('are refused for anything else', (head, format, message) => {
    expect(() => assertFormat(head, { ...image, format }, 'It')).toThrow(message);
  });
});
