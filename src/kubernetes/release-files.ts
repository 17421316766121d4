import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One tarball of a release. Size in bytes, digests in hexadecimal. */
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
  /** Everything that the build wrote. */
  readonly logFile: string;
  readonly files: readonly ReleaseFile[];
}

/** Which release: the same commit, made the same way, is the same one. */
export interface ReleaseKey {
  readonly commit: string;
  readonly target: string;
  readonly variables: Readonly<Record<string, string>>;
}

const manifestName = 'manifest.json';

/** The manifest knows no paths, so that the whole directory may be moved. */
interface Manifest {
  readonly version: string;
  readonly commit: string;
  readonly target: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly files: readonly Omit<ReleaseFile, 'path'>[];
}

/** Name of a release's directory and of its log. */
export function releaseId({ commit, target, variables }: ReleaseKey): string {
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = createHash('sha256').update(JSON.stringify([target, sorted]));
  return `${commit}-${key.digest('hex').slice(0, 12)}`;
}

/** Where everything that the build of a release says is written. */
export function logFileOf(directory: string, key: ReleaseKey): string {
  return join(directory, 'logs', `${releaseId(key)}.log`);
}

/** The release that an earlier build has left, when all of it is there; undefined otherwise. */
export async function findBuiltRelease(directory: string, key: ReleaseKey): Promise<BuiltRelease | undefined> {
  const folder = releaseFolder(directory, key);
  try {
    const manifest: Manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    const files = manifest.files.map((file) => ({ ...file, path: join(folder, file.name) }));
    for (const file of files) {
      if ((await stat(file.path)).size !== file.size) return undefined;
    }
    return { version: manifest.version, commit: manifest.commit, logFile: logFileOf(directory, key), files };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Takes the tarballs of a finished build out of `source`. They are put together in a directory beside the final one,
 * the manifest last, and appear under their final name all at once: a release is either whole or not there.
 */
export async function keepRelease(
  directory: string,
  key: ReleaseKey,
  version: string,
  source: string,
  onFile: (file: Omit<ReleaseFile, 'path'>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const folder = releaseFolder(directory, key);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });

  const files: Omit<ReleaseFile, 'path'>[] = [];
  for (const name of await listTarballs(source)) {
    const file = { name, ...(await measureFile(join(source, name), signal)) };
    await rename(join(source, name), join(partial, name));
    files.push(file);
    onFile(file);
  }
  const manifest: Manifest = { version, ...key, files };
  await writeFile(join(partial, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}

/** Names of the tarballs in a directory, sorted; none when there is no such directory. */
export async function listTarballs(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith('.tar.gz') && name === basename(name)).sort();
}

/** Size and digests of a file, read once and never held in memory. */
export async function measureFile(path: string, signal?: AbortSignal): Promise<Omit<ReleaseFile, 'name' | 'path'>> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal })) {
    md5.update(chunk);
    sha256.update(chunk);
    size += chunk.length;
  }
  return { size, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}

function releaseFolder(directory: string, key: ReleaseKey): string {
  return join(directory, 'releases', releaseId(key));
}
