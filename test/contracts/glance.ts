import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '../../src/openstack/glance/image.ts';
import {
  createImage,
  deleteImage,
  getImage,
  listImages,
  setImageProperty,
  uploadImage,
} from '../../src/openstack/glance/images.ts';
import { importFromUrl, listImportMethods, listImportTasks } from '../../src/openstack/glance/import.ts';
import { type Mirror, startMirror } from '../support/mirror.ts';
import { type ConnectTo, connection, eventually, uniqueName } from './support.ts';

const noSuchId = '00000000-0000-4000-8000-000000000000';

/** What Slipway relies on in Glance. */
export function glanceContract(connectTo: ConnectTo): void {
  describe('Glance', () => {
    const cloud = connection(connectTo);
    const name = uniqueName('image');
    const made: string[] = [];

    afterAll(async () => {
      for (const id of made) await deleteImage(cloud().glance, id);
    });

    async function queuedImage(): Promise<Image> {
      const image = await createImage(cloud().glance, { name, diskFormat: 'raw', containerFormat: 'bare' });
      made.push(image.id);
      return image;
    }

    function sha512(content: Buffer): string {
      return createHash('sha512').update(content).digest('hex');
    }

    it('queues an image and makes it active with its content', async () => {
      const { glance } = cloud();
      const content = randomBytes(300_000);
      const queued = await queuedImage();

      const { image, sha512: sent } = await uploadImage(glance, queued.id, {
        content: () => Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]),
        size: content.length,
        sha512: sha512(content),
      });

      expect(queued).toMatchObject({ name, status: 'queued', visibility: 'private' });
      expect(queued.size).toBeUndefined();
      expect(image).toMatchObject({ id: queued.id, status: 'active', size: 300_000 });
      expect(image.hash).toEqual({ algorithm: 'sha512', value: sha512(content) });
      expect(sent).toBe(sha512(content));
      expect(await getImage(glance, queued.id)).toEqual(image);
    });

    it('takes content of unknown size', async () => {
      const queued = await queuedImage();

      const { image } = await uploadImage(cloud().glance, queued.id, {
        content: () => Readable.from([Buffer.from('abc')]),
      });

      expect(image).toMatchObject({ status: 'active', size: 3 });
    });

    it('takes content once', async () => {
      const { glance } = cloud();
      const queued = await queuedImage();
      const upload = () =>
        uploadImage(glance, queued.id, { content: () => Readable.from([Buffer.from('x')]), size: 1 });
      await upload();

      const second = upload();

      await expect(second).rejects.toMatchObject({ service: 'Glance', status: 409 });
    });

    it('is told when the content is not what it should be', async () => {
      const queued = await queuedImage();
      const content = () => Readable.from([Buffer.from('something else')]);

      const refused = uploadImage(cloud().glance, queued.id, { content, size: 14, sha512: '0'.repeat(128) });

      await expect(refused).rejects.toThrow(/SHA-512/);
    });

    it('lists the images of a name with their states and digests', async () => {
      const { glance } = cloud();
      const other = uniqueName('found');
      const content = randomBytes(1000);
      const options = { name: other, diskFormat: 'raw', containerFormat: 'bare' };
      const active = await createImage(glance, options);
      await uploadImage(glance, active.id, { content: () => Readable.from([content]), size: content.length });
      const queued = await createImage(glance, options);
      made.push(active.id, queued.id);

      const found = await listImages(glance, { name: other });

      const digest = { algorithm: 'sha512', value: sha512(content) };
      expect(found.find(({ id }) => id === active.id)).toMatchObject({ status: 'active', hash: digest });
      expect(found.find(({ id }) => id === queued.id)).toMatchObject({ status: 'queued' });
      expect(await listImages(glance, { name: other, pageSize: 1 })).toHaveLength(2);
    });

    it('lists images by tag and by status, and no hidden ones', async () => {
      const { glance } = cloud();
      const [tag, other] = [uniqueName('tag'), uniqueName('tag')];
      const options = { name: uniqueName('tagged'), diskFormat: 'raw', containerFormat: 'bare' };
      const first = await createImage(glance, { ...options, tags: [tag] });
      const second = await createImage(glance, { ...options, tags: [tag, other] });
      const hidden = await createImage(glance, { ...options, tags: [tag] });
      made.push(first.id, second.id, hidden.id);
      await glance.call('PATCH', ['images', hidden.id], {
        doing: 'Hiding an image',
        ok: [200],
        headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
        body: [{ op: 'replace', path: '/os_hidden', value: true }],
      });

      const ids = async (filter: Parameters<typeof listImages>[1]) =>
        (await listImages(glance, filter)).map(({ id }) => id).sort();

      expect(await ids({ tag })).toEqual([first.id, second.id].sort());
      expect(await ids({ tag: other })).toEqual([second.id]);
      expect(await ids({ tag, statuses: ['active', 'saving'] })).toEqual([]);
      expect(await ids({ tag, statuses: ['saving', 'queued'] })).toEqual([first.id, second.id].sort());
    });

    it('keeps properties of ours, and takes new ones in the place of old', async () => {
      const { glance } = cloud();
      const properties = { slipway_contract: 'one' };
      const options = { name, diskFormat: 'raw', containerFormat: 'bare', properties };
      const created = await createImage(glance, options);
      made.push(created.id);

      const changed = await setImageProperty(glance, created.id, { name: 'slipway_contract', value: 'two' });

      expect(created.properties).toEqual({ slipway_contract: 'one' });
      expect(changed.properties).toEqual({ slipway_contract: 'two' });
      expect((await getImage(glance, created.id)).properties).toEqual({ slipway_contract: 'two' });
    });

    it('is queued again after an upload that broke off', async () => {
      const { glance } = cloud();
      const queued = await queuedImage();
      const content = () =>
        Readable.from(
          (async function* () {
            yield Buffer.alloc(100_000);
            await sleep(200);
            throw new Error('the source is gone');
          })(),
        );

      await expect(uploadImage(glance, queued.id, { content, size: 1_000_000 })).rejects.toThrow('the source is gone');

      const broken = await eventually(async () => {
        const image = await getImage(glance, queued.id);
        return image.status === 'saving' ? undefined : image;
      });
      expect(broken.status).toBe('queued');
    });

    it('takes a deactivated image out of use', async () => {
      const { glance } = cloud();
      const { id } = await queuedImage();
      await uploadImage(glance, id, { content: () => Readable.from([Buffer.from('x')]), size: 1 });

      await glance.call('POST', ['images', id, 'actions', 'deactivate'], { doing: 'Deactivating', ok: [204] });

      expect((await getImage(glance, id)).status).toBe('deactivated');
    });

    describe('when it fetches an image by itself', () => {
      const content = randomBytes(300_000);
      let mirror: Mirror;

      beforeAll(async () => {
        mirror = await startMirror(content);
      });
      afterAll(() => mirror.close());

      /** The image when its import is over, whichever way it went. */
      async function fetched(id: string): Promise<Image> {
        return eventually(async () => {
          const image = await getImage(cloud().glance, id);
          return image.import.task === undefined && image.status !== 'importing' ? image : undefined;
        }, 100);
      }

      it('says that it does', async () => {
        expect(await listImportMethods(cloud().glance)).toContain('web-download');
      });

      it.each(['/image', '/moved'])('makes the image active with what is at %s', async (path) => {
        const { glance } = cloud();
        const { id } = await queuedImage();

        await importFromUrl(glance, id, `${mirror.url}${path}`);
        const image = await fetched(id);

        expect(image).toMatchObject({ status: 'active', size: content.length, import: { failed: [], pending: [] } });
        expect(image.hash).toEqual({ algorithm: 'sha512', value: sha512(content) });
        expect(await listImportTasks(glance, id)).toMatchObject([{ status: 'success' }]);
      });

      it.each(['/nothing', '/cut'])('queues the image again when %s cannot be fetched, and says so', async (path) => {
        const { glance } = cloud();
        const { id } = await queuedImage();

        await importFromUrl(glance, id, `${mirror.url}${path}`);
        const image = await fetched(id);

        expect(image).toMatchObject({ status: 'queued', import: { failed: ['file'], pending: [] } });
        expect(image.size).toBeUndefined();
        const [task] = await listImportTasks(glance, id);
        expect(task).toMatchObject({ status: 'failure' });
        expect(task?.message).not.toBe('');
      });

      it('takes nothing else for the image meanwhile, and lets it be deleted', async () => {
        const { glance } = cloud();
        const { id } = await queuedImage();
        await importFromUrl(glance, id, `${mirror.url}/slow`);
        const underway = await eventually(async () => {
          const image = await getImage(glance, id);
          return image.status === 'importing' ? image : undefined;
        }, 50);

        await expect(importFromUrl(glance, id, `${mirror.url}/image`)).rejects.toMatchObject({ status: 409 });
        const content = () => Readable.from([Buffer.from('x')]);
        await expect(uploadImage(glance, id, { content, size: 1 })).rejects.toMatchObject({ status: 409 });
        expect(underway.import).toEqual({ task: expect.any(String), pending: ['file'], failed: [] });
        await deleteImage(glance, id);
        await expect(getImage(glance, id)).rejects.toMatchObject({ status: 404 });
      });

      it('refuses addresses that its operator does not let pass, and images that have their content', async () => {
        const { glance } = cloud();
        const queued = await queuedImage();
        const active = await queuedImage();
        await uploadImage(glance, active.id, { content: () => Readable.from([Buffer.from('x')]), size: 1 });

        await expect(importFromUrl(glance, queued.id, 'ftp://127.0.0.1/image')).rejects.toMatchObject({ status: 400 });
        await expect(importFromUrl(glance, queued.id, 'http://169.254.169.254/')).rejects.toThrow(/filtering/);
        await expect(importFromUrl(glance, active.id, `${mirror.url}/image`)).rejects.toMatchObject({ status: 409 });
        await expect(importFromUrl(glance, noSuchId, `${mirror.url}/image`)).rejects.toMatchObject({ status: 404 });
        expect(await listImportTasks(glance, queued.id)).toEqual([]);
        expect(await listImportTasks(glance, noSuchId)).toEqual([]);
      });
    });

    it('has no image of an unknown name or id', async () => {
      const { glance } = cloud();

      expect(await listImages(glance, { name: uniqueName('missing') })).toEqual([]);
      await expect(getImage(glance, noSuchId)).rejects.toMatchObject({ service: 'Glance', status: 404 });
    });

    it('deletes an image, also one that is gone', async () => {
      const { glance } = cloud();
      const { id } = await queuedImage();

      await deleteImage(glance, id);
      await deleteImage(glance, id);

      await expect(getImage(glance, id)).rejects.toMatchObject({ status: 404 });
    });
  });
}
