import { access, constants, mkdir, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DeployError } from '../../src/errors.ts';
import { withLock } from '../../src/kubernetes/lock.ts';
import { difference, type Expected, isChecked, type Measured, measure } from './digests.ts';
import { diskFull, downloadError } from './download-error.ts';
import { type FillOptions, fillPart } from './fill-part.ts';
import { PartialFile } from './partial-file.ts';

export interface FetchFileOptions extends Expected {
  /** One of the two says where it is. */
  readonly url?: string | undefined;
  /** Absolute path of a file that is used where it lies. */
  readonly file?: string | undefined;
  /** Where it is put, when it is downloaded. */
  readonly path: string;
  /** As it stands in the middle of a sentence: Kubernetes v1.34.2, the Salt tarball. */
  readonly what: string;
  /** The key of clusters.yaml that says where it comes from: kubernetes.mirror, firstBoot.salt.url. */
  readonly setting?: string;
  /** Where the proxies are said; see proxyFor. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called for every piece with the bytes so far, and those of the whole when the mirror says how many. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
  /** The largest that it may be; 4 GiB unless told. */
  readonly mostBytes?: number;
  /** How long nothing may move before the connection counts as broken off; a minute unless told. */
  readonly idleMs?: number | undefined;
  /** How long to wait after each failure in a row; five tries more within a minute unless told. */
  readonly waitsMs?: readonly number[] | undefined;
  /** How long all of it may take, the waits included; two hours unless told. */
  readonly deadlineMs?: number;
}

/** A file that is there, whole and checked. */
export interface FetchedFile extends Measured {
  readonly path: string;
}

const defaultWaitsMs = [1_000, 3_000, 8_000, 15_000, 30_000];
const defaultMostBytes = 4 * 2 ** 30;
const defaultDeadlineMs = 2 * 3_600_000;

/**
 * Brings a file to `path`, whole and checked, or not at all. What has come of it is kept in `<path>.part` and gone on with
 * when the connection breaks off, by a later attempt too, and after the death of this process; unless the mirror has
 * another version by then. A file that is there already and has the right digest is taken without asking the mirror;
 * without any digest it is always downloaded anew. One process at a time works on a path, and others wait for it. A local
 * file is measured where it is.
 *
 * @throws DeployError: `download` when the mirror does not give it (retryable when it may later), `download_digest` or
 * `file_digest` when it is another file than it should be, `download_too_large`, `disk_full`, `file_missing`.
 */
export async function fetchFile(options: FetchFileOptions): Promise<FetchedFile> {
  const { url, file, what, path } = options;
  if (file !== undefined) return useWhereItIs(file, options);
  if (url === undefined) throw new DeployError('config', `Nothing says where ${what} comes from`);
  const filling: FillOptions = {
    ...options,
    url,
    code: 'download',
    setting: options.setting ?? 'its url',
    mostBytes: options.mostBytes ?? defaultMostBytes,
    waitsMs: options.waitsMs ?? defaultWaitsMs,
  };
  return withDeadline(filling, options.deadlineMs ?? defaultDeadlineMs, async (signal) => {
    // Of a full disk, the recursive one says that there is no such file.
    await mkdir(dirname(path), { recursive: true }).catch(() => mkdir(dirname(path)));
    return await withLock(`${path}.lock`, () => bring(path, { ...filling, signal }, options), { signal });
  }).catch((error: unknown) => {
    throw isFull(error) && !(error instanceof DeployError) ? diskFull(options, dirname(path), '', error) : error;
  });
}

async function useWhereItIs(file: string, { what, signal, ...expected }: FetchFileOptions): Promise<FetchedFile> {
  await assertReadable(file, what);
  const measured = await measure(file, signal);
  const wrong = difference(measured, expected);
  if (wrong === undefined) return { path: file, ...measured };
  throw new DeployError('file_digest', `Reading ${what}: the file ${basename(file)} ${wrong}`, {
    hint: 'If it is the file that you want, set its digest in clusters.yaml; if not, put the right one there',
    detail: { path: file },
  });
}

async function assertReadable(file: string, what: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  const isThere = found?.isFile() === true;
  if (isThere && (await access(file, constants.R_OK).then(yes, no))) return;
  const reason = isThere ? 'may not be read by this worker' : 'is not on this worker';
  throw new DeployError('file_missing', `Reading ${what}: the file ${basename(file)} ${reason}`, {
    hint: 'Put it there, for the worker to read, on each worker that may do this',
    detail: { path: file },
  });
}

const yes = () => true;
const no = () => false;

async function withDeadline<T>(
  options: FillOptions,
  deadlineMs: number,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLate(options, deadlineMs)), deadlineMs);
  const signal = AbortSignal.any([options.signal, late.signal]);
  try {
    return await action(signal);
  } catch (error) {
    signal.throwIfAborted(); // a wait that was cut short says less
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(options: FillOptions, deadlineMs: number): DeployError {
  return downloadError(
    new URL(options.url),
    options,
    `it is not here after ${Math.round(deadlineMs / 60_000)} minutes`,
    {
      retryable: true,
      hint: 'Give a mirror that is nearer',
    },
  );
}

/** Holds the lock: nobody else is at `path`. */
async function bring(path: string, filling: FillOptions, expected: Expected): Promise<FetchedFile> {
  const part = await PartialFile.find(path, filling.url);
  const there = await findRight(path, expected, filling.signal);
  if (there !== undefined) {
    await part.remove();
    return there;
  }
  try {
    return { path, ...(await download(part, filling, expected)) };
  } catch (error) {
    if (isFull(error)) await part.remove().catch(() => undefined);
    throw error;
  }
}

async function findRight(path: string, expected: Expected, signal: AbortSignal): Promise<FetchedFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || !isChecked(expected)) return undefined;
  const measured = await measure(path, signal);
  return difference(measured, expected) === undefined ? { path, ...measured } : undefined;
}

/**
 * A file of several pieces may be wrong because of how it was put together: by a mirror that mixes versions up, or by a
 * machine that lost its power. One that came in one piece is what the mirror has.
 */
async function download(part: PartialFile, filling: FillOptions, expected: Expected): Promise<Measured> {
  for (let again = false; ; again = true) {
    await fillPart(part, filling);
    const measured = await measure(part.path, filling.signal);
    const wrong = difference(measured, expected);
    if (wrong === undefined) {
      await part.finish();
      return measured;
    }
    const isFinal = again || part.inOnePiece;
    const isPage = await looksLikePage(part.path);
    await part.remove();
    if (isFinal) throw isPage ? pageInstead(filling) : wrongContent(filling, wrong);
  }
}

function wrongContent(filling: FillOptions, wrong: string): DeployError {
  return downloadError(new URL(filling.url), { ...filling, code: 'download_digest' }, `what came ${wrong}`, {
    hint: `It was removed again. If the mirror has a newer file, set its sha512 in clusters.yaml, beside ${filling.setting}; if not, trust neither`,
  });
}

/** Of a proxy or a mirror that wants a person to log in. Nobody should set its digest. */
function pageInstead(filling: FillOptions): DeployError {
  return downloadError(
    new URL(filling.url),
    { ...filling, code: 'download_digest' },
    'a page for people came instead',
    {
      hint: `Open the address in a browser: a proxy may be in the way, or the mirror wants a login. Else check ${filling.setting} in clusters.yaml`,
    },
  );
}

async function looksLikePage(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return /^\s*<(!doctype|html)\b/i.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** A full disk, a full quota, or a limit on the size of files. */
function isFull(error: unknown): boolean {
  const codes = ['disk_full', 'ENOSPC', 'EDQUOT', 'EFBIG'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
