import { join } from 'node:path';
import { officialRelease } from '../official-release.ts';
import { downloadsFolder, removeOldDownloads } from './folders.ts';
import type { MadeTarball, Making } from './making.ts';

/** Brings the published server tarball to this worker, checked against its digest. */
export async function fetchOfficial({ run, id, recipe, signal }: Making): Promise<MadeTarball> {
  if (recipe.source !== 'release') throw new TypeError('this artifact is built');
  const { tools, step } = run;
  const { version, platform, mirror, sha512 } = recipe;
  await removeOldDownloads(tools.dataDir, Date.now());
  const { name, path, size, md5, sha256 } = await officialRelease({
    ...{ version, platform, mirror, signal },
    ...(sha512 !== undefined && { sha512 }),
    directory: join(downloadsFolder(tools.dataDir), id),
    environment: tools.environment,
    onProgress: (done, total) =>
      step.tick({
        text: `fetching ${version} from ${new URL(mirror).host}`,
        done,
        ...(total !== undefined && { total }),
      }),
  });
  return { version, name, path, size, md5, sha256, stages: [] };
}
