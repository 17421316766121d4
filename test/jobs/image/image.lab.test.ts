import { createHash, randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedImageSpec } from '../../../src/clusters/cluster-spec.ts';
import { deleteImage, listImages } from '../../../src/openstack/glance/images.ts';
import type { OpenStack } from '../../../src/openstack/openstack.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { connectToCloud, uniqueName } from '../../contracts/support.ts';
import { type Mirror, startMirror } from '../../support/mirror.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { type ImageStep, imageStep } from './support.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';
const content = randomBytes(3_000_000);
const sha512 = createHash('sha512').update(content).digest('hex');

describe('the image of a cluster on a real OpenStack', () => {
  const names: string[] = [];
  let openstack: OpenStack;
  let mirror: Mirror;
  let redis: Redis;

  beforeAll(async () => {
    openstack = await connectToCloud(cloudsFile, 'lab');
    mirror = await startMirror(content);
    redis = new Redis(await freshRedisUrl());
  });
  afterAll(async () => {
    for (const name of names) {
      for (const { id } of await named(name)) await deleteImage(openstack.glance, id);
    }
    await openstack.close();
    mirror.close();
    redis.disconnect();
  });

  const named = (name: string) => listImages(openstack.glance, { name });

  function wantedAt(host: string): NamedImageSpec {
    const name = uniqueName('image-step');
    names.push(name);
    return { name, format: 'raw', url: `${mirror.url.replace('127.0.0.1', host)}/image`, sha512 };
  }

  const step = (wanted: NamedImageSpec): ImageStep => imageStep({ openstack, mutex: new Mutex(redis), wanted });

  it('is fetched by the cloud itself, once for two deployments', async () => {
    const wanted = wantedAt('127.0.0.1');
    const [one, other] = [step(wanted), step(wanted)];

    const made = await Promise.all([one.finish(), other.finish()]);

    expect(made[0].id).toBe(made[1].id);
    expect(await named(wanted.name)).toMatchObject([{ status: 'active', properties: { slipway_sha512: sha512 } }]);
    expect([...one.said, ...other.said]).toContain(`the cloud is fetching ${wanted.name} itself`);
  });

  it('is sent by the worker when the cloud may not fetch it', async () => {
    const wanted = wantedAt('localhost');
    const asked = step(wanted);

    await asked.finish();

    expect(asked.said).toContain(`sending ${wanted.name} to Glance`);
    expect(await named(wanted.name)).toMatchObject([{ status: 'active', size: content.length }]);
  });

  it('is refused, and removed, when the cloud has fetched something else', async () => {
    const wanted = { ...wantedAt('127.0.0.1'), sha512: 'f'.repeat(128) };

    await expect(step(wanted).finish()).rejects.toMatchObject({ code: 'image_digest', retryable: false });

    expect(await named(wanted.name)).toEqual([]);
  });

  it('is sent by the worker when the cloud could not fetch it', async () => {
    const wanted = wantedAt('127.0.0.1');
    let first = true;
    mirror.paths.set('/flaky', (response) => {
      if (first) response.writeHead(500).end();
      else response.end(content);
      first = false;
    });
    const flaky = step({ ...wanted, url: `${mirror.url}/flaky` });

    await flaky.finish();

    expect(flaky.said.at(-1)).toBe(`sending ${wanted.name} to Glance`);
    expect(await named(wanted.name)).toMatchObject([{ status: 'active', size: content.length }]);
  });
});
