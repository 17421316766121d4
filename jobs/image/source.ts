import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { DeployError } from '../../src/errors.ts';
import { type Download, type DownloadOptions, startDownload } from '../download/start-download.ts';
import { headBytes } from './format.ts';

/** Where an image's content comes from, begun and looked into, before anything is made in Glance. */
export interface Source {
  /** In words, as the start of a sentence. */
  readonly from: string;
  /** Bytes, when known. */
  readonly size: number | undefined;
  /** The first bytes. */
  readonly head: Buffer;
  /** Starts the content, at its beginning each time. */
  content(): Readable;
  close(): Promise<void>;
}

const subject = { what: 'the image', setting: 'image.url', code: 'image_download' };

/** Opens what clusters.yaml gives an image's content as. Throws a DeployError when it gives nothing, or nothing is there. */
export function openSource(
  wanted: NamedImageSpec,
  options: Pick<DownloadOptions, 'environment' | 'signal'>,
): Promise<Source> {
  const { name, file, url } = wanted;
  if (file !== undefined) return openFile(name, file);
  if (url !== undefined) return openUrl({ ...options, ...subject, url });
  throw missing(name, 'clusters.yaml gives neither a file nor a url to make it from');
}

/** The error for an image that is not there and cannot be made. */
export function missing(name: string, reason: string, detail: Readonly<Record<string, unknown>> = {}): DeployError {
  return new DeployError('image_missing', `There is no image ${name} in Glance, and ${reason}`, {
    hint: 'Upload it, or give the cluster an image with a file, or a url and its sha512',
    detail,
  });
}

async function openFile(name: string, file: string): Promise<Source> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw missing(name, `its file ${basename(file)} is not on this worker`, { path: file });
  return {
    from: `The file ${basename(file)}`,
    size: found.size,
    head: await headOf(file),
    content: () => createReadStream(file),
    close: async () => undefined,
  };
}

async function headOf(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
}

async function openUrl(options: DownloadOptions): Promise<Source> {
  const downloads = [await startDownload(options)];
  const [first] = downloads as [Download];
  const chunks = first.chunks();
  const close = async () => {
    await Promise.all(downloads.map((download) => download.close()));
  };
  try {
    const head = await beginningOf(chunks);
    let begun = false;
    const again = async function* () {
      const next = await startDownload(options);
      downloads.push(next);
      yield* next.chunks();
    };
    const rest = async function* () {
      yield head;
      yield* chunks;
    };
    return {
      from: `What ${new URL(options.url).host} sends`,
      size: first.size,
      head,
      content() {
        const content = begun ? again() : rest();
        begun = true;
        return Readable.from(content, { objectMode: false });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first chunks, as many as it takes to tell what they are. */
async function beginningOf(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  let size = 0;
  while (size < headBytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    read.push(value);
    size += value.length;
  }
  return Buffer.concat(read);
}
