import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FetchFileOptions } from '../../../jobs/download/fetch-file.ts';

/** Digest of some content, in hexadecimal. */
export function digestOf(algorithm: 'md5' | 'sha256' | 'sha512', content: Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}

/** How a test fetches something into a folder: without waiting long. */
export function fetching(folder: string, url: string, more: Partial<FetchFileOptions> = {}): FetchFileOptions {
  return {
    url,
    path: join(folder, 'releases', 'file.tar.gz'),
    what: 'the tarball',
    setting: 'kubernetes.mirror',
    environment: {},
    signal: new AbortController().signal,
    waitsMs: [1, 1, 1],
    ...more,
  };
}
