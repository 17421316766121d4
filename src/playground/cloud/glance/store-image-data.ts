import { createHash } from 'node:crypto';
import { storeStream } from '../support/blob.ts';
import type { World } from '../world.ts';
import type { Image } from './state.ts';

/** Stores an image's data as it comes, with the digest that this Glance keeps. */
export async function storeImageData(world: World, image: Image, data: AsyncIterable<Buffer>): Promise<void> {
  const hash = createHash(world.glance.hash);
  image.blob = await storeStream(
    world.directory,
    hashed(data, (chunk) => hash.update(chunk)),
  );
  image.digest = hash.digest('hex');
}

async function* hashed(data: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of data) {
    see(chunk);
    yield chunk;
  }
}
