import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleasedKubernetes } from '../../src/clusters/cluster-spec.ts';
import { makePublicKey } from '../../src/playground/demo/props.ts';
import { stagingSpec } from '../support/fixtures.ts';
import { startMirror } from '../support/mirror.ts';
import { freshRedisUrl } from '../support/redis.ts';
import type { Props } from './scenario.ts';

/** What scenarios begin with: a small release on a mirror, a small image on the worker. */
export interface MadeProps extends Pick<Props, 'redisUrl' | 'dataDir' | 'spec' | 'given'> {
  close(): void;
}

/** Makes them. A release that is published needs no compiler, and goes the same way through Swift as one that is built. */
export async function makeProps(directory: string): Promise<MadeProps> {
  const [tarball, image] = [randomBytes(200_000), randomBytes(300_000)];
  const file = join(directory, 'debian-12.img');
  await writeFile(file, image);
  const mirror = await startMirror(tarball);
  for (const version of ['v1.34.2', 'v1.35.1']) {
    const path = `/${version}/kubernetes-server-linux-amd64.tar.gz`;
    mirror.paths.set(path, (response) => response.writeHead(200).end(tarball));
  }
  const kubernetes: ReleasedKubernetes = {
    source: 'release',
    version: 'v1.34.2',
    platform: 'linux/amd64',
    mirror: mirror.url,
    sha512: createHash('sha512').update(tarball).digest('hex'),
  };
  return {
    redisUrl: await freshRedisUrl(),
    dataDir: join(directory, 'data'),
    spec: { ...stagingSpec, kubernetes, image: { name: 'debian-12', format: 'raw', file }, keypair: makePublicKey() },
    given: { verify: { apiUrl: 'https://127.0.0.1:6443' }, drain: { nodes: [], evicted: 0 } },
    close: () => mirror.close(),
  };
}
