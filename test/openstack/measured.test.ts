import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { measured } from '../../src/openstack/measured.ts';

function source(...parts: string[]): () => Readable {
  return () => Readable.from(parts.map((part) => Buffer.from(part)));
}

describe('measured content', () => {
  it('is counted and hashed while it passes', async () => {
    const content = measured(source('hello ', 'world'), 11, 'md5');

    const passed = await text(content.open());

    expect(passed).toBe('hello world');
    expect(content.measure()).toEqual({ bytes: 11, digest: '5eb63bbbe01eeed093cb22bb8f5acdc3' });
  });

  it('is measured anew by every start', async () => {
    const content = measured(source('hello world'), 11, 'md5');
    content.open().destroy();

    await text(content.open());

    expect(content.measure().bytes).toBe(11);
  });

  it.each([
    ['longer', 4],
    ['shorter', 6],
  ])('breaks off when it is %s than announced', async (_case, size) => {
    const content = measured(source('12', '345'), size, 'md5');

    await expect(text(content.open())).rejects.toThrow(`where ${size} were announced`);
  });

  it('passes the fault of its source on', async () => {
    const fault = new Error('the disk is gone');
    const broken = () =>
      new Readable({
        read() {
          this.destroy(fault);
        },
      });

    await expect(text(measured(broken, 5, 'md5').open())).rejects.toBe(fault);
  });
});
