import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Stopped } from './ranges.ts';

/** What is kept beside a part, so that a later process knows what it is a part of. */
const note = z.object({
  /** SHA-256 of the address: its query may be a signature. */
  url: z.string(),
  validator: z.string().optional(),
  /** Bytes of the whole. */
  total: z.int().nonnegative().optional(),
});
type Note = z.infer<typeof note>;

/** What a mirror says of a file before it comes. */
export interface Announced {
  readonly size: number | undefined;
  readonly validator: string | undefined;
}

/**
 * A file that is still growing: `<path>.part`, and `<path>.part.json` that says which version of which address it is a
 * part of. The note is there before the first byte is, so that a part never goes with the note of another version. Bytes
 * are written where they belong, not at the end: a process that was taken for dead and wakes up writes the same again.
 */
export class PartialFile {
  readonly path: string;
  readonly #final: string;
  readonly #note: string;
  readonly #url: string;
  #announced: Announced = { size: undefined, validator: undefined };
  #handle: FileHandle | undefined;
  #size = 0;
  #inOnePiece = true;

  private constructor(path: string, url: string) {
    this.path = `${path}.part`;
    this.#final = path;
    this.#note = `${path}.part.json`;
    this.#url = createHash('sha256').update(url).digest('hex');
  }

  /** What an earlier attempt has left of the address, or an empty part. What is of another address is thrown away. */
  static async find(path: string, url: string): Promise<PartialFile> {
    const part = new PartialFile(path, url);
    await part.#adopt();
    return part;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the whole, when the mirror has said so. */
  get total(): number | undefined {
    return this.#announced.size;
  }

  get isWhole(): boolean {
    return this.#size === this.total;
  }

  /** False when it was put together from several answers, or by several processes. */
  get inOnePiece(): boolean {
    return this.#inOnePiece;
  }

  /** Where a download may go on; undefined when it has to begin anew. */
  get stopped(): Stopped | undefined {
    const { validator, size = Number.POSITIVE_INFINITY } = this.#announced;
    return validator !== undefined && this.#size > 0 && this.#size < size ? { byte: this.#size, validator } : undefined;
  }

  /** Throws away what there is, and waits for the first byte. */
  async beginAnew({ size, validator }: Announced): Promise<void> {
    await this.remove();
    const { path } = this;
    const written: Note = {
      url: this.#url,
      ...(validator && { validator }),
      ...(size !== undefined && { total: size }),
    };
    await writeFile(`${this.#note}.new`, JSON.stringify(written));
    await rename(`${this.#note}.new`, this.#note);
    this.#announced = { size, validator };
    this.#handle = await open(path, 'w');
    this.#inOnePiece = true;
  }

  /** Waits for the byte after the last one. */
  async goOn(): Promise<void> {
    this.#handle ??= await open(this.path, 'r+');
    this.#inOnePiece = false;
  }

  /** Adds what comes next. Throws what the file system throws. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#handle === undefined) throw new Error('Nothing was begun');
    for (let written = 0; written < chunk.length; ) {
      // On a disk that is almost full, only a piece may fit.
      const { bytesWritten } = await this.#handle.write(chunk, written, chunk.length - written, this.#size);
      written += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  /** Lets go of the file, which stays. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Gives the whole file its name. */
  async finish(): Promise<void> {
    await this.close();
    await rename(this.path, this.#final);
    await rm(this.#note, { force: true });
  }

  async remove(): Promise<void> {
    await this.close();
    this.#size = 0;
    this.#announced = { size: undefined, validator: undefined };
    await rm(this.path, { force: true });
    await Promise.all([this.#note, `${this.#note}.new`].map((file) => rm(file, { force: true })));
  }

  async #adopt(): Promise<void> {
    const known = parseNote(await readFile(this.#note, 'utf8').catch(() => ''));
    const found = await stat(this.path).catch(() => undefined);
    if (known?.url !== this.#url || found?.isFile() !== true) return this.remove();
    this.#announced = { size: known.total, validator: known.validator };
    this.#size = found.size;
    this.#inOnePiece = false;
  }
}

function parseNote(text: string): Note | undefined {
  try {
    return note.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
