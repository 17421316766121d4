import { basename } from 'node:path';
import { DeployError, OpenStackError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { sideBySide } from '../side-by-side.ts';
import { swiftInfo } from './info.ts';
import { type ManifestEntry, putLargeObject } from './large-objects.ts';
import { findObject, type ListedObject, listObjects, putObject, setObjectLife } from './objects.ts';
import { type Segment, segmentPrefix, segmentSizeFor, segmentsOf } from './segments.ts';
import { SourceFile } from './source-file.ts';

export interface StoreFileOptions {
  /** Has to exist; see ensurePrivateContainer. */
  container: string;
  object: string;
  /** The file's path on this machine. */
  path: string;
  /** Digests of the file, hexadecimal, as far as they are known beforehand: a file of other content is not stored. */
  md5?: string;
  /** Kept in the object's metadata too, under `sha256`: what an ETag says of segments cannot be compared with a file. */
  sha256?: string;
  contentType?: string;
  metadata?: Readonly<Record<string, string>>;
  /** Swift deletes the object then, and its segments. */
  deleteAt?: Date;
  /** Bytes of a segment, and the size above which there are any; without it what suits this Swift. */
  segmentSize?: number;
  /** Segments that are sent at the same time. */
  concurrency?: number;
  /** Hears how many bytes of how many are in Swift or on their way. The number falls when a piece has to be sent again. */
  onProgress?: (sent: number, total: number) => void;
}

/** What became of a file. */
export interface StoreOutcome {
  size: number;
  etag: string;
  /** Segments that the object consists of; 0 if it is in one piece. */
  segments: number;
  /** Segments that an earlier attempt had sent already. */
  reused: number;
}

/** Enough that one is under way while another is being written through; more share the same cores and the same wire. */
const usualConcurrency = 3;

/**
 * Puts a file of any size into Swift, over whatever was there. A large one goes in segments, which lie in the same
 * container under `segments/`, and are put together at the end: only then does the object appear. Run again after
 * a crash, it sends no segment again that had arrived whole.
 *
 * Memory does not grow with the file. Two calls for the same file do not disturb each other.
 *
 * @throws DeployError `file_changed` when the file changes on the way, `digest_mismatch` when it is not the one whose
 * digest was given; OpenStackError of status 404 when the container does not exist.
 */
export async function storeFile(
  swift: ServiceClient,
  options: StoreFileOptions,
  signal?: AbortSignal,
): Promise<StoreOutcome> {
  const info = await swiftInfo(swift, signal);
  const file = await SourceFile.open(options.path);
  try {
    await assertDigest(file, 'sha256', options.sha256, signal);
    const identity = identityOf(file, options);
    const longest = segmentPrefix(options.object, identity, file.size, file.size);
    const prefixLength = options.container.length + longest.length;
    const segmentSize = segmentSizeFor(file.size, prefixLength, info, options.segmentSize);
    const upload = new Upload(swift, file, options, signal);
    if (segmentSize === undefined) return await upload.inOnePiece();
    // Swift compares the MD5 of what comes in one piece; nobody ever has that of all segments together.
    if (options.sha256 === undefined) await assertDigest(file, 'md5', options.md5, signal);
    const prefix = segmentPrefix(options.object, identity, file.size, segmentSize);
    return await upload.inSegments(segmentsOf(file.size, segmentSize, prefix), prefix);
  } finally {
    await file.close();
  }
}

/** What tells the content of one file from that of another, in a name. */
function identityOf(file: SourceFile, { sha256, md5 }: StoreFileOptions): string {
  return (sha256 ?? md5)?.slice(0, 16) ?? String(file.modified);
}

async function assertDigest(
  file: SourceFile,
  algorithm: 'md5' | 'sha256',
  expected: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (expected === undefined) return;
  const found = await file.digest(algorithm, signal);
  if (found === expected) return;
  throw new DeployError(
    'digest_mismatch',
    `The file ${basename(file.path)} is not the one that was meant: its digest differs`,
    {
      hint: 'It was changed since its digest was taken; make it again',
      detail: { path: file.path, algorithm, expected, found },
    },
  );
}

/** One file on its way. */
class Upload {
  readonly #swift: ServiceClient;
  readonly #file: SourceFile;
  readonly #options: StoreFileOptions;
  readonly #signal: AbortSignal | undefined;
  /** Bytes of each piece that have left so far. */
  readonly #sent = new Map<number, number>();
  #sentInAll = 0;
  readonly #object: { contentType: string; metadata: Readonly<Record<string, string>>; deleteAt?: Date };

  constructor(swift: ServiceClient, file: SourceFile, options: StoreFileOptions, signal: AbortSignal | undefined) {
    const { contentType = 'application/octet-stream', metadata = {}, sha256, deleteAt } = options;
    this.#swift = swift;
    this.#file = file;
    this.#options = options;
    this.#signal = signal;
    this.#object = {
      contentType,
      metadata: { ...metadata, ...(sha256 !== undefined && { sha256 }) },
      ...(deleteAt !== undefined && { deleteAt }),
    };
  }

  async inOnePiece(): Promise<StoreOutcome> {
    const { container, object, md5 } = this.#options;
    const whole = { object, start: 0, size: this.#file.size };
    const { etag } = await putObject(
      this.#swift,
      { ...this.#object, ...this.#contentOf(whole), container, object, ...(md5 !== undefined && { md5 }) },
      this.#signal,
    );
    return { size: this.#file.size, etag, segments: 0, reused: 0 };
  }

  async inSegments(segments: readonly Segment[], prefix: string): Promise<StoreOutcome> {
    const { container, concurrency = usualConcurrency } = this.#options;
    const arrived = await listObjects(this.#swift, container, { prefix }, this.#signal);
    const there = new Map(arrived.map((found) => [found.name, found]));

    let reused = 0;
    const work = { limit: concurrency, signal: this.#signal };
    const entries = await sideBySide(segments, work, async (segment, signal): Promise<ManifestEntry> => {
      const { object, size } = segment;
      const existing = await this.#reusable(segment, there.get(object), signal);
      if (existing !== undefined) reused += 1;
      return { container, object, size, etag: existing ?? (await this.#send(segment, signal)) };
    });
    const { etag } = await this.#putTogether(entries);
    return { size: this.#file.size, etag, segments: segments.length, reused };
  }

  /** The digest of a segment that an earlier attempt left, if it is what the file has there and lives as long as it should. */
  async #reusable(segment: Segment, found: ListedObject | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (found?.size !== segment.size) return undefined;
    if (found.etag !== (await this.#file.digest('md5', signal, segment))) return undefined;
    const { container, deleteAt } = this.#options;
    if (!(await setObjectLife(this.#swift, { container, object: segment.object, deleteAt }, signal))) return undefined;
    this.#tell(segment, segment.size);
    return found.etag;
  }

  async #send(segment: Segment, signal: AbortSignal): Promise<string> {
    const { container, deleteAt } = this.#options;
    const put = async (): Promise<string> => {
      const content = this.#contentOf(segment);
      const options = { ...content, container, object: segment.object, ...(deleteAt !== undefined && { deleteAt }) };
      return (await putObject(this.#swift, options, signal)).etag;
    };
    try {
      return await put();
    } catch (error) {
      if (!(error instanceof OpenStackError && error.status === 422)) throw error;
      return put(); // damaged on its way: from the file once more
    }
  }

  async #putTogether(segments: readonly ManifestEntry[]): Promise<{ etag: string }> {
    const { container, object } = this.#options;
    const made = await putLargeObject(this.#swift, { ...this.#object, container, object, segments }, this.#signal);
    const found = await findObject(this.#swift, container, object, this.#signal);
    if (found?.size === this.#file.size && found.etag === made.etag) return made;
    throw new OpenStackError(
      `Looking at ${container}/${object} after its upload: Swift shows other content (${found?.size ?? 'no'} bytes)`,
      { service: 'Swift', method: 'HEAD', path: `/${container}/${object}`, status: 200 },
      { hint: 'Somebody else stored something under the name at the same time; start again', retryable: true },
    );
  }

  #contentOf(piece: Segment): { content: () => ReturnType<SourceFile['read']>; size: number } {
    const content = () => {
      this.#tell(piece, 0);
      return this.#file.read(piece, (bytes) => this.#tell(piece, (this.#sent.get(piece.start) ?? 0) + bytes));
    };
    return { content, size: piece.size };
  }

  #tell(piece: Segment, sent: number): void {
    this.#sentInAll += sent - (this.#sent.get(piece.start) ?? 0);
    this.#sent.set(piece.start, sent);
    this.#options.onProgress?.(this.#sentInAll, this.#file.size);
  }
}
