import { createHash, randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedImageSpec } from '../../../src/clusters/cluster-spec.ts';
import type { Deployment, StepRecord } from '../../../src/clusters/deployment.ts';
import { imageTag } from '../../../src/clusters/names.ts';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { createImage, deleteImage, listImages } from '../../../src/openstack/glance/images.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { type Mirror, startMirror } from '../../support/mirror.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { type ImageStep, type ImageStepOptions, imageStep } from './support.ts';

const content = randomBytes(200_000);
const sha512 = createHash('sha512').update(content).digest('hex');

describe('an image that the cloud fetches for a deployment whose lease has run out', () => {
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

  const wantedAs = (name: string, path = '/slow'): NamedImageSpec => ({
    name,
    format: 'raw',
    url: `${mirror.url}${path}`,
    sha512,
  });

  const step = (wanted: NamedImageSpec, more: Partial<ImageStepOptions> = {}): ImageStep =>
    imageStep({ openstack, mutex: new Mutex(redis), wanted, ...more });

  const named = (name: string) => listImages(openstack.glance, { name });

  /** A deployment that has begun, and of which no worker has taken a look for longer than its lease. */
  async function begunLongAgo(wanted: NamedImageSpec): Promise<ImageStep> {
    const begun = step(wanted);
    await begun.look();
    await redis.flushdb();
    return begun;
  }

  it('is waited for, and made once, whoever comes back first', async () => {
    let finish = () => undefined as unknown;
    mirror.paths.set('/held', (response) => {
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 1000));
      finish = () => response.end(content.subarray(1000));
    });
    const one = await begunLongAgo(wantedAs('held', '/held'));
    const other = step(wantedAs('held', '/held'), { known: [one.deployment] });

    const looks = [await other.look(), await other.look(), await one.look(), await other.look()];
    const meanwhile = await named('held');
    finish();
    const [second, first] = await Promise.all([other.finish(), one.finish()]);

    expect(looks).toEqual(looks.map(() => expect.objectContaining({ again: true })));
    expect(other.said).toEqual([`waiting for held, which ${one.deployment.id} is making`]);
    expect(one.said).not.toContainEqual(expect.stringContaining('waiting'));
    expect(meanwhile).toHaveLength(1);
    expect(second.id).toBe(first.id);
    expect(await named('held')).toMatchObject([{ id: first.id, status: 'active' }]);
    expect(mirror.asked.filter((path) => path === '/held')).toHaveLength(1);
  });

  it('is waited for also when nobody here knows the deployment', async () => {
    const one = await begunLongAgo(wantedAs('unknown'));
    const other = step(wantedAs('unknown'));

    expect(await other.look()).toMatchObject({ again: true });

    expect(other.said).toEqual([`waiting for unknown, which ${one.deployment.id} is making`]);
    expect(await named('unknown')).toHaveLength(1);
  });

  it.each<[string, (deployment: Deployment) => Deployment]>([
    ['the deployment is over', (deployment) => ({ ...deployment, state: 'failed' })],
    ['it has its image', (deployment) => ({ ...deployment, steps: { image: record({ state: 'done' }) } })],
    [
      'it wants another content under that name',
      (deployment) => ({ ...deployment, spec: { ...deployment.spec, image: { name: 'x', format: 'raw' } } }),
    ],
  ])('is not waited for when %s', async (reason, change) => {
    const one = await begunLongAgo(wantedAs(reason));
    const other = step(wantedAs(reason, '/image'), { known: [change(one.deployment)] });

    const made = await other.finish();

    expect(made.uploaded).toBe(true);
  });

  it.each([
    ['cloud-fetches', true],
    ['worker-sends', false],
    [undefined, false],
  ])('that an old Glance does not show, and whose marker is %s, is waited for: %s', async (marker, waits) => {
    const name = `silent-${marker}`;
    const wanted = wantedAs(name, '/image');
    const { deployment } = step(wanted);
    const steps = { image: record({ state: 'running', ...(marker && { marker }) }) };
    const options = { name, diskFormat: 'raw', containerFormat: 'bare', tags: [imageTag(deployment.id)] };
    const { id } = await createImage(openstack.glance, options);
    const other = step(wanted, { known: [{ ...deployment, steps }] });

    await other.look();

    expect(other.said.some((text) => text.startsWith('waiting for'))).toBe(waits);
    await deleteImage(openstack.glance, id);
    await other.finish();
  });
});

function record(more: Pick<StepRecord<'image'>, 'state' | 'marker'>): StepRecord<'image'> {
  return { attempt: 1, ...more };
}
