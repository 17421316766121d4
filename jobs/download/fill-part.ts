import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeployError } from '../../src/errors.ts';
import { diskFull, downloadError } from './download-error.ts';
import type { PartialFile } from './partial-file.ts';
import { type DownloadOptions, startDownload } from './start-download.ts';

export interface FillOptions extends Omit<DownloadOptions, 'from'> {
  /** Called for every piece with the bytes so far, and those of the whole when the mirror says how many. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
  /** The largest that the file may be. */
  readonly mostBytes: number;
  /** How long to wait after each failure in a row. One more, and the download is given up. */
  readonly waitsMs: readonly number[];
}

/**
 * Downloads until a part is whole. When the connection breaks off, it waits and goes on from there; a try that brings the
 * part further than any before it sets the count of failures back. Throws a retryable DeployError when it gives up: the
 * part stays for a later attempt. One that is not retryable comes at once.
 */
export async function fillPart(part: PartialFile, options: FillOptions): Promise<void> {
  let most = part.stopped?.byte ?? 0;
  let failures = 0;
  while (!part.isWhole) {
    const failure = await failureOf(part, options);
    if (failure === undefined) return;
    failures = (part.size > most ? 0 : failures) + 1;
    most = Math.max(most, part.size);
    const waitMs = options.waitsMs[failures - 1];
    if (waitMs === undefined) throw givenUp(failure, failures, part);
    await sleep(waitMs, undefined, { signal: options.signal });
  }
}

/** Why one try did not bring all of it, when another may; undefined when it did. */
async function failureOf(part: PartialFile, options: FillOptions): Promise<DeployError | undefined> {
  try {
    await receive(part, options);
    return undefined;
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof DeployError && error.retryable) return error;
    throw error;
  }
}

async function receive(part: PartialFile, options: FillOptions): Promise<void> {
  const download = await startDownload({ ...options, from: part.stopped });
  try {
    assertAllowed(download.size ?? 0, options);
    await (download.from === 0 ? part.beginAnew(download) : part.goOn());
    await assertRoom(part, options);
    for await (const chunk of download.chunks()) {
      assertAllowed(part.size + chunk.length, options);
      await part.write(chunk);
      options.onProgress?.(part.size, part.total);
    }
  } finally {
    await Promise.all([part.close(), download.close()]);
  }
  if (part.total !== undefined && !part.isWhole) throw anotherSize(part, options);
}

function assertAllowed(bytes: number, options: FillOptions): void {
  if (bytes <= options.mostBytes) return;
  const subject = { ...options, code: 'download_too_large' };
  throw downloadError(new URL(options.url), subject, `it is larger than ${megabytes(options.mostBytes)}`, {
    hint: `Check ${options.setting} in clusters.yaml: it may be another file than it should be`,
  });
}

/** Better before the first byte than after the last one that fits. */
async function assertRoom({ path, size, total }: PartialFile, options: FillOptions): Promise<void> {
  if (total === undefined) return;
  const { bavail, bsize, blocks } = await statfs(dirname(path));
  const free = bavail * bsize;
  if (blocks === 0 || free >= total - size) return; // some file systems do not say
  throw diskFull(options, dirname(path), ` (${megabytes(free)} are free, and ${megabytes(total - size)} are to come)`);
}

function anotherSize(part: PartialFile, options: FillOptions): DeployError {
  const reason = `${part.size} bytes came instead of ${part.total}`;
  return downloadError(new URL(options.url), options, reason, { retryable: true, hint: 'Give another mirror' });
}

function givenUp(error: DeployError, tries: number, part: PartialFile): DeployError {
  const whole = part.total === undefined ? '' : ` of ${megabytes(part.total)}`;
  const kept = part.stopped === undefined ? '' : `; ${megabytes(part.size)}${whole} are here, and are kept`;
  const times = tries === 1 ? 'one try' : `${tries} tries in a row`;
  return new DeployError(error.code, `${error.message} (${times}${kept})`, {
    ...(error.hint !== undefined && { hint: error.hint }),
    detail: error.detail,
    retryable: true,
    cause: error,
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
