import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedFileObject } from '../../src/clusters/names.ts';
import { measureFile } from '../../src/kubernetes/release-files.ts';
import type { Run } from '../run.ts';
import { ensureStored } from './ensure-stored.ts';
import { downloadsFolder } from './folders.ts';
import { packStates } from './pack-states.ts';
import type { Published } from './shared-file.ts';

/** Servers know the Salt states by this name. */
const name = 'kubernetes-salt.tar.gz';

/** Packs the Salt states and puts them into Swift: the same states are the same bytes, and are sent once. */
export async function publishStates(run: Run): Promise<Published> {
  const { tools, signal } = run;
  const downloads = downloadsFolder(tools.dataDir);
  await mkdir(downloads, { recursive: true });
  const folder = await mkdtemp(join(downloads, 'states-'));
  try {
    const path = join(folder, name);
    await packStates(tools.states, path);
    const { size, sha256, md5 } = await measureFile(path, signal);
    const object = sharedFileObject(sha256, name);
    const file = { size, sha256, md5, name, path, object, contentType: 'application/gzip' };
    const sent = await ensureStored(run, file, signal);
    return { object: { kind: 'states', name, object, size, sha256 }, md5, sent };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
