import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { listImages } from '../../../src/openstack/glance/images.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { eventually } from '../../contracts/support.ts';
import { compileSource } from '../../support/compile.ts';
import { type Mirror, startMirror } from '../../support/mirror.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { imageStep } from './support.ts';

const content = randomBytes(200_000);
const sha512 = createHash('sha512').update(content).digest('hex');
const leaseMs = 2_000;

describe('an image whose worker is killed in the middle', () => {
  const log = silentLogger();
  let folder: string;
  let program: string;
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let mirror: Mirror;
  let redisUrl: string;
  let redis: Redis;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-killed-'));
    program = await compileSource('test/jobs/image/one-look.ts', folder);
    cloud = await startCloud({ log, delays: 'none', glance: { importMethods: [] } });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    mirror = await startMirror(content);
    redisUrl = await freshRedisUrl();
    redis = new Redis(redisUrl);
  }, 60_000);
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    mirror.close();
    redis.disconnect();
    await rm(folder, { recursive: true });
  });

  function startOther(id: string, wanted: object): ChildProcess {
    const args = [program, cloud.cloudsFile, redisUrl, String(leaseMs), id, JSON.stringify(wanted)];
    return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  it('is made by another deployment, and found by the killed one’s next attempt', async () => {
    const wanted = { name: 'killed', format: 'raw', url: `${mirror.url}/busy`, sha512 } as const;
    mirror.paths.set('/busy', (response) => {
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 100_000));
    });
    const child = startOther('staging-killed', wanted);
    const images = () => listImages(openstack.glance, { name: 'killed' });
    await eventually(async () => (await images()).find(({ status }) => status === 'saving'), 50);
    const mutex = new Mutex(redis, { leaseMs });
    const other = imageStep({ openstack, mutex, wanted });
    await other.look();

    child.kill('SIGKILL');
    await once(child, 'exit');
    mirror.paths.set('/busy', (response) => response.end(content));
    const made = await other.finish();
    const again = await imageStep({ openstack, mutex, wanted, id: 'staging-killed', attempt: 2 }).finish();

    expect(other.said).toEqual(['waiting for killed, which staging-killed is making', 'sending killed to Glance']);
    expect(made.uploaded).toBe(true);
    expect(again).toEqual({ ...made, uploaded: false });
    expect((await images()).map(({ id, status }) => [id, status])).toEqual([[made.id, 'active']]);
  });
});
