import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createImage,
  deleteImage,
  findImage,
  getImage,
  type Image,
  listImages,
  uploadImage,
} from '../../src/openstack/glance/images.ts';
import { type ConnectTo, connection, uniqueName } from './support.ts';

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

      const image = await uploadImage(glance, queued.id, {
        content: () => Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]),
        size: content.length,
        sha512: sha512(content),
      });

      expect(queued).toMatchObject({ name, status: 'queued', visibility: 'private' });
      expect(queued.size).toBeUndefined();
      expect(image).toMatchObject({ id: queued.id, status: 'active', size: 300_000 });
      expect(image.hash).toEqual({ algorithm: 'sha512', value: sha512(content) });
      expect(await getImage(glance, queued.id)).toEqual(image);
    });

    it('takes content of unknown size', async () => {
      const queued = await queuedImage();

      const image = await uploadImage(cloud().glance, queued.id, {
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

    it('finds an image by name and by content, an active one first', async () => {
      const { glance } = cloud();
      const other = uniqueName('found');
      const content = randomBytes(1000);
      const options = { name: other, diskFormat: 'raw', containerFormat: 'bare' };
      const active = await createImage(glance, options);
      await uploadImage(glance, active.id, { content: () => Readable.from([content]), size: content.length });
      const queued = await createImage(glance, options);
      made.push(active.id, queued.id);

      const found = await findImage(glance, other);

      expect(found?.id).toBe(active.id);
      expect((await findImage(glance, other, { checksum: sha512(content) }))?.id).toBe(active.id);
      expect(await findImage(glance, other, { checksum: '0'.repeat(128) })).toBeUndefined();
      expect(await listImages(glance, { name: other, pageSize: 1 })).toHaveLength(2);
    });

    it('has no image of an unknown name or id', async () => {
      const { glance } = cloud();

      expect(await findImage(glance, uniqueName('missing'))).toBeUndefined();
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
