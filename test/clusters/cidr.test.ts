import { describe, expect, it } from 'vitest';
import { cidrContains, cidrsOverlap } from '../../src/clusters/cidr.ts';

describe('two IPv4 networks', () => {
  it.each([
    ['10.123.0.0/24', '10.123.0.0/24', true],
    ['10.123.0.0/24', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.123.0.0/24', true],
    ['10.123.0.0/24', '10.123.0.200/32', true],
    ['10.123.0.0/24', '10.123.1.0/24', false],
    ['10.123.0.0/24', '10.122.255.0/24', false],
    ['10.123.0.77/24', '10.123.0.0/25', true],
    ['192.168.0.0/16', '0.0.0.0/0', true],
    ['255.255.255.255/32', '128.0.0.0/1', true],
    ['10.123.0.0/24', '2001:db8::/64', false],
    ['10.123.0.0/24', '10.123.0.0', false],
    ['10.123.0.0/24', '10.123.0.256/24', false],
    ['10.123.0.0/24', '10.123.0.0/33', false],
  ])('%s and %s overlap: %s', (one, other, overlap) => {
    expect(cidrsOverlap(one, other)).toBe(overlap);
  });

  it.each([
    ['127.0.0.0/8', '127.0.0.53', true],
    ['127.0.0.0/8', '128.0.0.0', false],
    ['10.123.0.0/24', '10.123.0.255', true],
  ])('%s has the address %s: %s', (cidr, address, contained) => {
    expect(cidrContains(cidr, address)).toBe(contained);
  });
});
