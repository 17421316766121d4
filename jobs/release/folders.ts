import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a worker keeps what it downloads and packs until Swift has it: a folder for each thing. */
export function downloadsFolder(dataDir: string): string {
  return join(dataDir, 'downloads');
}

/** A download that went well is of no use after that, and none takes as long. */
const keptMs = 24 * 3_600_000;

/** Removes downloads that nothing has touched for a day. */
export async function removeOldDownloads(dataDir: string, now: number): Promise<void> {
  const folder = downloadsFolder(dataDir);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > keptMs) await rm(path, { recursive: true, force: true });
  }
}
