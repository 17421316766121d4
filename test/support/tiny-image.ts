import { Readable } from 'node:stream';
import type { Image } from '../../src/openstack/glance/image.ts';
import { createImage, uploadImage } from '../../src/openstack/glance/images.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';

/** Puts an image of a KiB into Glance: enough where nothing boots. Whoever asked for it deletes it. */
export async function makeTinyImage(glance: ServiceClient, name: string): Promise<Image> {
  const { id } = await createImage(glance, { name, diskFormat: 'raw', containerFormat: 'bare' });
  const content = Buffer.alloc(1024);
  return (await uploadImage(glance, id, { content: () => Readable.from([content]), size: content.length })).image;
}
