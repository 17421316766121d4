import { describe, expect, it } from 'vitest';
import { isSameOrigin } from '../../../../src/playground/workspace/http/same-origin.ts';

describe('isSameOrigin', () => {
  it.each([
    { name: 'the page itself', headers: { host: 'localhost:3000', origin: 'http://localhost:3000' }, allowed: true },
    { name: 'a program that sends no origin', headers: { host: '127.0.0.1:3000' }, allowed: true },
    { name: 'another web site', headers: { host: 'localhost:3000', origin: 'https://evil.example' }, allowed: false },
    {
      name: 'another port of this machine',
      headers: { host: 'localhost:3000', origin: 'http://localhost:4000' },
      allowed: false,
    },
    { name: 'a sandboxed frame', headers: { host: 'localhost:3000', origin: 'null' }, allowed: false },
    { name: 'a name that was made to resolve to this machine', headers: { host: 'evil.example:3000' }, allowed: false },
    {
      name: 'a link from another site',
      headers: { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' },
      allowed: false,
    },
    { name: 'no host at all', headers: {}, allowed: false },
  ])('$name: $allowed', ({ headers, allowed }) => {
    expect(isSameOrigin(headers, '127.0.0.1')).toBe(allowed);
  });

  it('takes any name once it was told to listen for other machines', () => {
    expect(isSameOrigin({ host: 'playground.lan:3000', origin: 'http://playground.lan:3000' }, '0.0.0.0')).toBe(true);
  });
});
