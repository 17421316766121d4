import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canSign, signPrefixUrl, signUrl } from '../../../src/openstack/swift/temp-url.ts';
import { Secret } from '../../../src/secret.ts';

const options = {
  endpoint: 'https://swift.example.org/v1/AUTH_abc',
  container: 'my container',
  object: 'a/ü?.txt',
  key: new Secret('key'),
  method: 'GET',
  expires: new Date(1_700_000_000_000),
} as const;

it.each([
  ['sha256', '553e9d9fd746249b0497a35bd84926a81628f70994a93e07490b1ba0360886ff'],
  ['sha512', 'sha512:VKxZW8iMy_9stb9jcPYHo66J9AzljbZwABNwbNys3HKmAWl09iJ17lJ-0mkEXSPzMMFBPlVTaYY2Kcz4daUpqg=='],
] as const)('signs method, expiry and the unencoded path with %s', (digest, signature) => {
  const url = new URL(signUrl({ ...options, digest }));

  expect(url.origin + url.pathname).toBe('https://swift.example.org/v1/AUTH_abc/my%20container/a/%C3%BC%3F.txt');
  expect(url.searchParams.get('temp_url_sig')).toBe(signature);
  expect(url.searchParams.get('temp_url_expires')).toBe('1700000000');
});

it('signs another method differently', () => {
  expect(signUrl({ ...options, method: 'PUT' })).not.toBe(signUrl(options));
});

it('signs a prefix, and leaves what stands behind it as it is', () => {
  const { object: _, ...others } = options;
  const href = signPrefixUrl({ ...others, prefix: 'staging-1/ü/', rest: '@HOST@.log', method: 'PUT' });

  const url = new URL(href);
  const said = 'PUT\n1700000000\nprefix:/v1/AUTH_abc/my container/staging-1/ü/';
  expect(href).toContain('/my%20container/staging-1/%C3%BC/@HOST@.log?');
  expect(url.searchParams.get('temp_url_prefix')).toBe('staging-1/ü/');
  expect(url.searchParams.get('temp_url_sig')).toBe(createHmac('sha256', 'key').update(said).digest('hex'));
});

describe('a Swift', () => {
  it.each([
    ['reads and writes with SHA-256', { methods: ['GET', 'PUT'], digests: ['sha1', 'sha256'] }, true],
    ['reads and writes with SHA-512', { methods: ['GET', 'PUT'], digests: ['sha512'] }, true],
    ['knows SHA-1 alone', { methods: ['GET', 'PUT'], digests: ['sha1'] }, false],
    ['lets nobody read', { methods: ['PUT'], digests: ['sha256'] }, false],
    ['lets nobody write', { methods: ['GET'], digests: ['sha256'] }, false],
    ['has no signed URLs', undefined, false],
  ])('that %s signs well enough for nodes: $2', (_what, tempUrl, able) => {
    expect(canSign(tempUrl)).toBe(able);
  });
});
