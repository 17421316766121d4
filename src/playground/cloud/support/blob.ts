import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { uuid } from './ids.ts';

/** Bytes that were stored: an object of Swift, the data of an image. */
export interface Blob {
  size: number;
  md5: string;
  sha512: string;
  /** The bytes from `start` to `end`, both included; all of them without. */
  read(range?: { start: number; end: number }): Readable;
  discard(): Promise<void>;
}

/** Above this a blob goes to a file, so that memory does not grow with what is uploaded. */
const largestInMemory = 256 * 1024;

/** Stores bytes that are at hand, in memory. */
export function blobOf(content: Buffer | string): Blob {
  const bytes = Buffer.from(content);
  return memoryBlob(bytes, createHash('md5').update(bytes), createHash('sha512').update(bytes));
}

/** Stores a stream as it comes: in memory while it is small, in a file below `directory` from then on. */
export async function storeStream(directory: string, source: AsyncIterable<Buffer>): Promise<Blob> {
  const writer = new BlobWriter(directory);
  try {
    for await (const chunk of source) await writer.write(chunk);
    return await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

class BlobWriter {
  readonly #path: string;
  readonly #md5 = createHash('md5');
  readonly #sha512 = createHash('sha512');
  #held: Buffer[] = [];
  #size = 0;
  #file: FileHandle | undefined;

  constructor(directory: string) {
    this.#path = join(directory, uuid());
  }

  async write(chunk: Buffer): Promise<void> {
    this.#md5.update(chunk);
    this.#sha512.update(chunk);
    this.#size += chunk.length;
    this.#held.push(chunk);
    if (this.#size > largestInMemory) await this.#spill();
  }

  async finish(): Promise<Blob> {
    if (this.#file === undefined) return memoryBlob(Buffer.concat(this.#held), this.#md5, this.#sha512);
    await this.#file.close();
    const path = this.#path;
    return {
      size: this.#size,
      md5: this.#md5.digest('hex'),
      sha512: this.#sha512.digest('hex'),
      read: (range) => createReadStream(path, range),
      discard: () => rm(path, { force: true }),
    };
  }

  async discard(): Promise<void> {
    await this.#file?.close();
    await rm(this.#path, { force: true });
  }

  async #spill(): Promise<void> {
    this.#file ??= await open(this.#path, 'wx', 0o600);
    await this.#file.writeFile(Buffer.concat(this.#held));
    this.#held = [];
  }
}

function memoryBlob(bytes: Buffer, md5: Hash, sha512: Hash): Blob {
  return {
    size: bytes.length,
    md5: md5.digest('hex'),
    sha512: sha512.digest('hex'),
    read: (range) => Readable.from([range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)]),
    discard: () => Promise.resolve(),
  };
}
