import { z } from 'zod';
import type { FirstBootSpec } from '../clusters/cluster-spec.ts';
import { duration } from './duration.ts';
import { fetchedFileKeys, hasOneSource, oneSource, toFetchedFile } from './fetched-file.ts';

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected a plain file name such as containerd.tar.gz')
  .refine((name) => !reservedNames.test(name), 'this name is taken by what Slipway sends itself');

/** Servers find Kubernetes, the states, Salt and the network plugin's manifest under these. */
const reservedNames = /^(kubernetes-.*\.tar\.gz|salt-onedir\..*|cni-[a-z]+\.yaml|manifest\.json)$/;

/** The key `firstBoot` of a cluster. */
export const firstBoot = z
  .strictObject({
    within: duration.refine((ms) => ms >= 5 * 60_000 && ms <= 6 * 3_600_000, 'expected between 5m and 6h').optional(),
    salt: z.strictObject(fetchedFileKeys).refine(hasOneSource, oneSource).optional(),
    files: z
      .array(z.strictObject({ name: fileName, ...fetchedFileKeys }).refine(hasOneSource, oneSource))
      .max(20, 'no more than 20 files')
      .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'two files have the same name')
      .default([]),
  })
  .default({ files: [] });

/** What was parsed, with absolute paths. */
export function toFirstBoot({ within, salt, files }: z.infer<typeof firstBoot>, folder: string): FirstBootSpec {
  return {
    ...(within !== undefined && { withinMs: within }),
    ...(salt && { salt: toFetchedFile(salt, folder) }),
    files: files.map((file) => ({ name: file.name, ...toFetchedFile(file, folder) })),
  };
}
