import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedImageSpec } from '../../../src/clusters/cluster-spec.ts';
import { imageTag } from '../../../src/clusters/names.ts';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { createImage, listImages, uploadImage } from '../../../src/openstack/glance/images.ts';
import { listImportTasks } from '../../../src/openstack/glance/import.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { type Mirror, startMirror } from '../../support/mirror.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { type ImageStep, imageStep } from './support.ts';

const content = randomBytes(200_000);
const sha512 = createHash('sha512').update(content).digest('hex');

describe('an image that the cloud may fetch itself', () => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let mirror: Mirror;
  let redis: Redis;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    mirror = await startMirror(content);
    redis = new Redis(await freshRedisUrl());
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    mirror.close();
    redis.disconnect();
  });

  function step(name: string, more: Partial<NamedImageSpec> = {}): ImageStep {
    const wanted = { name, format: 'raw', url: `${mirror.url}/image`, sha512, ...more } as const;
    return imageStep({ openstack, mutex: new Mutex(redis), wanted });
  }

  const named = (name: string) => listImages(openstack.glance, { name });

  it('is fetched by the cloud, while no worker waits', async () => {
    const fetched = step('fetched');

    const first = await fetched.look();
    const made = await fetched.finish();

    expect(first).toMatchObject({ again: true });
    expect(made.uploaded).toBe(true);
    expect(fetched.said).toEqual(['the cloud is fetching fetched itself']);
  });

  it('is sent by the worker when the cloud does not take the address', async () => {
    const refused = step('refused', { url: `${mirror.url.replace('127.0.0.1', 'localhost')}/image` });

    await refused.finish();

    expect(refused.said).toEqual([
      'the cloud did not fetch refused itself, so this worker sends it (Glance refused the address (400))',
      'sending refused to Glance',
    ]);
    expect(await named('refused')).toHaveLength(1);
  });

  it('is sent by the worker when the cloud did not get it', async () => {
    let first = true;
    mirror.paths.set('/flaky', (response) => {
      if (first) response.writeHead(500).end();
      else response.end(content);
      first = false;
    });
    const flaky = step('flaky', { url: `${mirror.url}/flaky` });

    await flaky.finish();

    expect(flaky.said).toEqual([
      'the cloud is fetching flaky itself',
      'the cloud did not fetch flaky itself, so this worker sends it (its download failed)',
      'sending flaky to Glance',
    ]);
    expect(await named('flaky')).toMatchObject([{ status: 'active', properties: { slipway_sha512: sha512 } }]);
  });

  it('keeps the others waiting while the cloud fetches it', async () => {
    const one = step('watched', { url: `${mirror.url}/slow` });
    await one.look();
    const other = step('watched', { url: `${mirror.url}/slow` });

    const answer = await other.look();

    expect(answer).toMatchObject({ again: true });
    expect(other.said).toEqual([`waiting for watched, which ${one.deployment.id} is making`]);
    expect(await named('watched')).toHaveLength(1);
  });

  it('is refused by the name of its file alone, when an earlier attempt left something else', async () => {
    const id = 'staging-left';
    const options = { name: 'left', diskFormat: 'raw', containerFormat: 'bare', tags: [imageTag(id)] };
    const left = await createImage(openstack.glance, options);
    await uploadImage(openstack.glance, left.id, { content: () => Readable.from([Buffer.from('else')]) });
    const wanted = { name: 'left', format: 'raw', file: '/srv/private/left.img', sha512 } as const;

    const refused = imageStep({ openstack, mutex: new Mutex(redis), wanted, id, attempt: 2 }).finish();

    await expect(refused).rejects.toMatchObject({
      code: 'image_digest',
      message: expect.stringMatching(/^The image left from the file left\.img has the SHA-512 /),
    });
    expect(await named('left')).toEqual([]);
  });

  it('does not go through a signed address, which Glance would show to the whole project', async () => {
    const path = '/image?X-Amz-Signature=s3cret';
    mirror.paths.set(path, (response) => response.end(content));
    const signed = step('signed', { url: `${mirror.url}${path}` });

    const made = await signed.finish();

    expect(signed.said).toEqual(['sending signed to Glance']);
    expect(await listImportTasks(openstack.glance, made.id)).toEqual([]);
  });

  it('says nothing of the signature when a signed address cannot be had', async () => {
    const gone = step('gone', { url: `${mirror.url.replace('127.0.0.1', 'localhost')}/gone?X-Amz-Signature=s3cret` });

    const error = await gone.finish().catch((cause: unknown) => cause);

    expect(error).toMatchObject({ code: 'image_download', detail: { url: expect.stringMatching(/\/gone$/) } });
    expect(inspect({ error, said: gone.said }, { depth: null })).not.toContain('s3cret');
  });
});
