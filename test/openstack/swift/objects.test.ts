import { expect, it } from 'vitest';
import { parseListedTime } from '../../../src/openstack/swift/objects.ts';

it.each(['2026-11-22T10:00:00.123000', '2026-11-22T10:00:00.123Z'])('reads %s in a listing as UTC', (text) => {
  expect(parseListedTime(text)).toEqual(new Date(Date.UTC(2026, 10, 22, 10, 0, 0, 123)));
});
