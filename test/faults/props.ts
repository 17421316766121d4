import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePublicKey } from '../../src/playground/demo/props.ts';
import { stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import type { Props } from './scenario.ts';

/** A small release and a small image, as builds and operators leave them. */
export async function makeProps(directory: string): Promise<Pick<Props, 'redisUrl' | 'spec' | 'given'>> {
  const [tarball, image] = [randomBytes(200_000), randomBytes(300_000)];
  const path = join(directory, 'kubernetes-server-linux-amd64.tar.gz');
  const file = join(directory, 'debian-12.img');
  await writeFile(path, tarball);
  await writeFile(file, image);
  const digest = (algorithm: string) => createHash(algorithm).update(tarball).digest('hex');
  const release = {
    name: 'kubernetes-server-linux-amd64.tar.gz',
    path,
    size: tarball.length,
    sha256: digest('sha256'),
    md5: digest('md5'),
  };
  return {
    redisUrl: await freshRedisUrl(),
    spec: { ...stagingSpec, image: { name: 'debian-12', format: 'raw', file }, keypair: makePublicKey() },
    given: {
      build: { version: 'v1.34.2', commit: 'a'.repeat(40), files: [release] },
      verify: { apiUrl: 'https://127.0.0.1:6443' },
    },
  };
}
