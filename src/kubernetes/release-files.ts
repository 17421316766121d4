import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildLogFile, logsFolder } from './build-log.ts';
import type { StageTime } from './build-stages.ts';
import { type ReleaseKey, releaseId } from './release-key.ts';
import { removeTree } from './remove-tree.ts';

/** The tarball of a release. Size in bytes, digests in hexadecimal. */
export interface ReleaseFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
}

/** A complete release on this machine. */
export interface BuiltRelease {
  /** As git describes the commit: v1.34.2. */
  readonly version: string;
  readonly commit: string;
  /** Everything that the build wrote; the log of an old build may have been removed. */
  readonly logFile: string;
  /** How long the build took that made it. */
  readonly stages: readonly StageTime[];
  /** The server tarball: what nodes install themselves from. */
  readonly file: ReleaseFile;
}

const manifestName = 'manifest.json';

/** Releases are in the object store once they are built; here they only save building one again that did not get there. */
const keptReleases = 3;
const keptLogs = 20;

/** The manifest knows no paths, so that the whole directory may be moved. */
interface Manifest extends ReleaseKey {
  readonly version: string;
  readonly stages: readonly StageTime[];
  readonly file: Omit<ReleaseFile, 'path'>;
}

/**
 * The release that an earlier build has left, when all of it is there and nobody has changed it since; undefined
 * otherwise. What a damaged one would cost is found out by reading it, at a second for each half gigabyte.
 */
export async function findBuiltRelease(
  directory: string,
  key: ReleaseKey,
  signal?: AbortSignal,
): Promise<BuiltRelease | undefined> {
  const folder = releaseFolder(directory, key);
  try {
    const { version, commit, stages, file }: Manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    const path = join(folder, file.name);
    if ((await stat(path)).size !== file.size) return undefined;
    if ((await measureFile(path, signal)).sha256 !== file.sha256) return undefined;
    const now = new Date();
    await utimes(folder, now, now); // the ones that are used last are kept
    return { version, commit, stages, logFile: buildLogFile(directory, key), file: { ...file, path } };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Takes the tarball of a finished build. It is put into a directory beside the final one, the manifest last, and both
 * appear under the final name all at once: a release is either whole or not there.
 */
export async function keepRelease(
  directory: string,
  key: ReleaseKey,
  built: { readonly version: string; readonly stages: () => readonly StageTime[]; readonly tarball: string },
  signal?: AbortSignal,
): Promise<void> {
  const folder = releaseFolder(directory, key);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });

  const name = basename(built.tarball);
  const file = { name, ...(await measureFile(built.tarball, signal)) };
  await rename(built.tarball, join(partial, name));
  const manifest: Manifest = { version: built.version, ...key, stages: built.stages(), file };
  await writeFile(join(partial, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}

/** Removes the oldest releases and logs, and what is left of releases that were never whole. */
export async function removeOldReleases(directory: string): Promise<void> {
  const releases = join(directory, 'releases');
  const names = await newestFirst(releases);
  const whole = names.filter((name) => !name.endsWith('.partial'));
  const partial = names.filter((name) => name.endsWith('.partial'));
  for (const name of [...whole.slice(keptReleases), ...partial]) await removeTree(join(releases, name));

  const logs = logsFolder(directory);
  for (const name of (await newestFirst(logs)).slice(keptLogs)) await rm(join(logs, name), { force: true });
}

/** Size and digests of a file, read once and never held in memory. */
export async function measureFile(path: string, signal?: AbortSignal): Promise<Omit<ReleaseFile, 'name' | 'path'>> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    signal?.throwIfAborted();
    md5.update(chunk);
    sha256.update(chunk);
    size += chunk.length;
  }
  return { size, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}

async function newestFirst(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  return dated.sort((a, b) => b.at - a.at).map(({ name }) => name);
}

function releaseFolder(directory: string, key: ReleaseKey): string {
  return join(directory, 'releases', releaseId(key));
}
