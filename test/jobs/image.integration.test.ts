import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ImageSpec, NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { createImage, getImage, listImages, uploadImage } from '../../src/openstack/glance/images.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import type { GlanceOptions } from '../../src/playground/cloud/glance/state.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { deploymentAfter, requestedStaging } from '../support/fixtures.ts';
import { type Mirror, startMirror } from '../support/mirror.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { type ImageStepOptions, imageStep } from './image/support.ts';

const content = randomBytes(200_000);
const sha512 = createHash('sha512').update(content).digest('hex');
const bare = { diskFormat: 'raw', containerFormat: 'bare' };

const clouds: readonly [string, GlanceOptions][] = [
  ['that fetches images itself', {}],
  ['that fetches nothing', { importMethods: ['glance-direct'] }],
  ['that keeps SHA-256', { hash: 'sha256' }],
];

describe.each(clouds)('the image of a cluster on a cloud %s', (_kind, glanceOptions) => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let mirror: Mirror;
  let redis: Redis;
  let mutex: Mutex;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none', glance: glanceOptions });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    mirror = await startMirror(content);
    redis = new Redis(await freshRedisUrl());
    mutex = new Mutex(redis);
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    mirror.close();
    redis.disconnect();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const step = (wanted: ImageSpec, more: Partial<ImageStepOptions> = {}) =>
    imageStep({ openstack, mutex, wanted, ...more });

  const make = (wanted: ImageSpec) => step(wanted).finish();

  const from = (name: string, path = '/image'): NamedImageSpec => ({
    name,
    format: 'raw',
    url: `${mirror.url}${path}`,
    sha512,
  });

  const named = (name: string) => listImages(openstack.glance, { name });

  async function upload(name: string, bytes: Buffer, tags: readonly string[] = []): Promise<string> {
    const { id } = await createImage(openstack.glance, { ...bare, name, tags });
    await uploadImage(openstack.glance, id, { content: () => pieces(bytes), size: bytes.length });
    return id;
  }

  it('is made from what a mirror has, also one that sends on, and checked', async () => {
    const made = await make(from('moved', '/moved'));

    expect(made).toMatchObject({ name: 'moved', uploaded: true });
    const image = await getImage(openstack.glance, made.id);
    expect(image).toMatchObject({ status: 'active', size: content.length, properties: { slipway_sha512: sha512 } });
  });

  it('is made once: the second deployment finds it, by its content or by its name', async () => {
    const first = await make(from('once'));

    const second = await make(from('once'));
    const third = await make({ name: 'once', format: 'raw' });

    expect(second).toEqual({ id: first.id, name: 'once', uploaded: false });
    expect(third).toEqual(second);
    expect(await named('once')).toHaveLength(1);
  });

  it('is made once by two deployments that want it at the same time', async () => {
    const [one, other] = [step(from('both')), step(from('both'))];

    const [first, second] = await Promise.all([one.finish(), other.finish()]);

    expect(second.id).toBe(first.id);
    expect(await named('both')).toHaveLength(1);
    expect([first.uploaded, second.uploaded].sort()).toEqual([false, true]);
    expect([...one.said, ...other.said]).toContainEqual(
      expect.stringMatching(/^waiting for both, which staging-\w+ is making$/),
    );
  });

  it('is made by the next attempt of a deployment whose worker was killed, without what that one left', async () => {
    const id = 'staging-again';
    const left = await createImage(openstack.glance, { ...bare, name: 'again', tags: [`slipway-${id}`] });

    const made = await step(from('again'), { id, attempt: 2 }).finish();

    expect((await named('again')).map((image) => image.id)).toEqual([made.id]);
    expect(made.id).not.toBe(left.id);
  });

  it('is made after all when the worker shuts down in the middle, and nothing else is left', async () => {
    const { began, end } = stallAt(mirror, '/stopped');
    const stopped = step(from('stopped', '/stopped'));
    const running = stopped.look().catch(() => undefined);
    await began;

    stopped.stop();
    await running;
    end(content);
    const made = await step(from('stopped', '/stopped'), { id: stopped.deployment.id, attempt: 2 }).finish();

    expect((await named('stopped')).map(({ id }) => id)).toEqual([made.id]);
  });

  it('is left alone by an attempt that was killed, once another deployment has made it', async () => {
    const id = 'staging-late';
    await createImage(openstack.glance, { ...bare, name: 'late', tags: [`slipway-${id}`] });
    const made = await make(from('late'));

    expect(await step(from('late'), { id, attempt: 2 }).finish()).toEqual({
      id: made.id,
      name: 'late',
      uploaded: false,
    });

    expect((await named('late')).map((image) => image.id)).toEqual([made.id]);
  });

  it('is not taken by its name alone when a digest is asked for', async () => {
    await upload('pinned', Buffer.from('something else'));

    const made = await make(from('pinned'));

    expect(await getImage(openstack.glance, made.id)).toMatchObject({ size: content.length });
  });

  it('is refused, and removed, when it is not what was asked for', async () => {
    const wrong = { ...from('wrong'), sha512: 'f'.repeat(128) };

    await expect(make(wrong)).rejects.toMatchObject({ message: expect.stringContaining('SHA-512'), retryable: false });

    expect(await named('wrong')).toEqual([]);
  });

  it.each(['/nothing', '/cut'])('leaves nothing half behind when %s cannot be had', async (path) => {
    await expect(make(from('broken', path))).rejects.toMatchObject({ code: 'image_download' });

    expect(await named('broken')).toEqual([]);
  });

  it('is removed unfinished when its deployment is over, or was never heard of for hours', async () => {
    const busy: Deployment = { ...deploymentAfter(requestedStaging), id: 'busy-1' };
    const over: Deployment = { ...busy, id: 'over-1', state: 'failed' };
    const [dead, alive, unheard, foreign] = await Promise.all(
      [['slipway-over-1'], ['slipway-busy-1'], ['slipway-unheard-1'], ['somebody']].map((tags) =>
        createImage(openstack.glance, { ...bare, name: 'leftover', tags }),
      ),
    );

    await step(from('tidy'), { known: [over, busy] }).finish();
    const soon = (await named('leftover')).map(({ id }) => id);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * 3_600_000 });
    await step(from('tidy-later'), { known: [over, busy] }).finish();
    const later = (await named('leftover')).map(({ id }) => id);

    expect(soon).not.toContain(dead?.id);
    expect(soon.sort()).toEqual([alive?.id, unheard?.id, foreign?.id].sort());
    expect(later.sort()).toEqual([alive?.id, foreign?.id].sort());
  });

  it('is not taken from ours of the same name whose check never came to its end', async () => {
    await upload('unchecked', Buffer.from('cut off'), ['slipway-elsewhere-1']);

    await expect(make({ name: 'unchecked', format: 'raw' })).rejects.toMatchObject({ code: 'image_missing' });
  });

  it('is the newest of several of that name, and says so', async () => {
    await upload('several', Buffer.from('old'));
    const newest = await upload('several', Buffer.from('new'));
    const asked = step({ name: 'several', format: 'raw' });

    expect(await asked.finish()).toEqual({ id: newest, name: 'several', uploaded: false });

    expect(asked.said).toEqual([`2 images are named several: the newest, ${newest}, is taken`]);
  });

  describe('given by its id', () => {
    it('is taken as it is', async () => {
      const id = await upload('known', content);

      expect(await make({ id })).toEqual({ id, name: 'known', uploaded: false });
    });

    it('has to be there, and usable', async () => {
      const { id } = await createImage(openstack.glance, { ...bare, name: 'empty' });
      const off = await upload('off', content);
      await openstack.glance.call('POST', ['images', off, 'actions', 'deactivate'], { doing: '', ok: [204] });

      await expect(make({ id })).rejects.toThrow(`The image empty (${id}) is queued, so no server can boot from it`);
      await expect(make({ id: off })).rejects.toThrow(/is deactivated/);
      await expect(make({ id: '00000000-0000-4000-8000-000000000000' })).rejects.toMatchObject({
        code: 'image_missing',
        retryable: false,
      });
    });
  });

  describe('made from a file', () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    async function fileOf(name: string, bytes: Buffer | string): Promise<string> {
      const file = join(folder, name);
      await writeFile(file, bytes);
      return file;
    }

    it('is sent, counted and noted, with a digest or without', async () => {
      const file = await fileOf('good.img', content);
      const first = step({ name: 'filed', format: 'raw', file });

      const made = await first.finish();

      expect(first.said).toEqual(['sending filed to Glance']);
      const image = await getImage(openstack.glance, made.id);
      expect(image).toMatchObject({ size: content.length, properties: { slipway_sha512: sha512 } });
      expect(await make({ name: 'filed', format: 'raw', file, sha512 })).toMatchObject({
        id: made.id,
        uploaded: false,
      });
    });

    it('leaves nothing behind when the digest is another', async () => {
      const file = await fileOf('wrong.img', 'wrong');

      await expect(make({ name: 'misfiled', format: 'raw', file, sha512 })).rejects.toThrow(/SHA-512/);

      expect(await named('misfiled')).toEqual([]);
    });

    it('is refused before anything is made when it is something else than was said', async () => {
      const file = await fileOf('page.qcow2', '<!DOCTYPE html><title>Log in</title>');
      const packed = await fileOf('packed.qcow2', Buffer.from('fd377a585a000004', 'hex'));

      await expect(make({ name: 'page', format: 'qcow2', file })).rejects.toThrow(
        /is not the qcow2 image page: it is a web page/,
      );
      await expect(make({ name: 'packed', format: 'qcow2', file: packed })).rejects.toThrow(/an xz archive/);

      expect([...(await named('page')), ...(await named('packed'))]).toEqual([]);
    });

    it('names the file that is missing', async () => {
      await expect(make({ name: 'absent', format: 'raw', file: '/srv/secret/nowhere.img' })).rejects.toThrow(
        'its file nowhere.img is not on this worker',
      );
    });
  });
});

/** Begins to answer at that path, and goes no further until it is told to break off and answer properly from then on. */
function stallAt({ paths }: Mirror, path: string): { began: Promise<void>; end: (content: Buffer) => void } {
  const stalled: ServerResponse[] = [];
  const began = new Promise<void>((resolve) => {
    paths.set(path, (response) => {
      stalled.push(response);
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 1000), () => resolve());
    });
  });
  return {
    began,
    end(whole) {
      paths.set(path, (response) => response.end(whole));
      for (const response of stalled) response.destroy();
    },
  };
}

async function* chunked(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

function pieces(bytes: Buffer): Readable {
  return Readable.from(chunked(bytes));
}
