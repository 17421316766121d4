import { describe, expect, it } from 'vitest';
import { checkFirstBoot } from '../../../jobs/preflight/check-first-boot.ts';
import type { FetchedFile } from '../../../src/clusters/cluster-spec.ts';
import { stagingSpec } from '../../support/fixtures.ts';

describe('where Salt comes from', () => {
  const sha512 = '0'.repeat(128);

  it.each<[string, FetchedFile | undefined, string]>([
    ['the image', undefined, 'the image’s own salt-call, which it must have: there is no firstBoot.salt'],
    ['a URL', { url: 'https://example.org/a/salt-onedir.tar.xz?x=1', sha512 }, 'salt-onedir.tar.xz, from Swift'],
    ['a file', { file: '/srv/salt-onedir.tar.gz', sha512 }, 'salt-onedir.tar.gz, from Swift'],
  ])('is said: %s', (_what, salt, text) => {
    const finding = checkFirstBoot({ ...stagingSpec, firstBoot: { files: [], ...(salt && { salt }) } });

    expect(finding).toEqual({ level: 'ok', label: 'Salt', text });
  });
});
