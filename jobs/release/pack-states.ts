import type { Dirent } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ConfigError } from '../../src/errors.ts';
import { longestTarPath, type TarMember, ustar } from './ustar.ts';

/** The folder in the tarball that everything lies in, as boot.sh wants it. */
const topFolder = 'salt';

/** The file by which Salt finds everything else. */
const topFile = 'top.sls';

/**
 * Writes kubernetes-salt.tar.gz to `path`: the Salt states of a folder, the same bytes for the same files wherever they
 * lie. Names that begin with a dot are left out, since editors and file managers leave such files behind.
 *
 * @throws ConfigError that names all that is neither a plain file nor a folder (a symbolic link might lead out of the
 * folder) or has an odd or too long name; or when there is no top.sls.
 */
export async function packStates(folder: string, path: string): Promise<void> {
  const problems: string[] = [];
  const members = await membersOf(folder, topFolder, problems);
  if (!members.some((member) => member.path === `${topFolder}/${topFile}`)) problems.push(`there is no ${topFile}`);
  if (problems.length > 0) {
    throw new ConfigError(`Packing the Salt states: ${problems.join('; ')}`, problems, {
      hint: 'Put plain files and folders only among the states, with names of letters, digits, "_", "-" and "."',
      detail: { folder },
    });
  }
  const archive = gzip(ustar(members));
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await writeFile(unfinished, archive, { mode: 0o600 });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** A folder and everything in it, by name. Sorted by bytes, so that no locale has a say. */
async function membersOf(folder: string, path: string, problems: string[]): Promise<TarMember[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const seen = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const members: TarMember[] = [{ path, kind: 'folder' }];
  for (const entry of seen) {
    const from = join(folder, entry.name);
    const to = `${path}/${entry.name}`;
    const problem = problemOf(entry, to);
    if (problem !== undefined) problems.push(problem);
    else if (entry.isDirectory()) members.push(...(await membersOf(from, to, problems)));
    else members.push(await fileMember(from, to));
  }
  return members;
}

/** Why something cannot be packed. */
function problemOf(entry: Dirent, path: string): string | undefined {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(entry.name) || path.length >= longestTarPath) {
    return `${JSON.stringify(path.slice(0, 200))} has an odd or too long name`;
  }
  if (entry.isDirectory() || entry.isFile()) return undefined;
  return `${path} is ${entry.isSymbolicLink() ? 'a symbolic link' : 'no plain file'}`;
}

async function fileMember(file: string, path: string): Promise<TarMember> {
  const [{ mode }, content] = await Promise.all([stat(file), readFile(file)]);
  return { path, kind: 'file', executable: (mode & 0o100) !== 0, content };
}

/** Node's gzip header has neither name nor time; the byte for the operating system becomes "unknown" everywhere. */
function gzip(content: Buffer): Buffer {
  const compressed = gzipSync(content, { level: 9 });
  compressed[9] = 0xff;
  return compressed;
}
