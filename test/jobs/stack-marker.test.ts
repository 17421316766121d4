import { describe, expect, it } from 'vitest';
import { parseRequestMarker, parseStackMarker, requestMarker, stackMarker } from '../../jobs/stack-marker.ts';

describe('the marker of a step about a stack', () => {
  it('is read back as what it was, with and without a place', () => {
    expect(parseStackMarker(stackMarker({ id: 'a-b', place: 'event-7' }))).toEqual({ id: 'a-b', place: 'event-7' });
    expect(parseStackMarker(stackMarker({ id: 'a-b', place: '' }))).toEqual({ id: 'a-b', place: '' });
  });

  it('tells a request from a stack', () => {
    const marker = requestMarker({ sentAt: 1_790_000_000_000, requests: 2 });

    expect(parseRequestMarker(marker)).toEqual({ sentAt: 1_790_000_000_000, requests: 2 });
    expect(parseStackMarker(marker)).toBeUndefined();
    expect(parseRequestMarker(stackMarker({ id: 'a-b', place: '1' }))).toBeUndefined();
  });

  it.each([undefined, '', 'a-b'])('says nothing when it is %j', (marker) => {
    expect(parseStackMarker(marker)).toBeUndefined();
    expect(parseRequestMarker(marker)).toBeUndefined();
  });
});
