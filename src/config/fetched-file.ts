import { resolve } from 'node:path';
import { z } from 'zod';
import type { FetchedFile } from '../clusters/cluster-spec.ts';
import { isWithoutUser } from './url-secrets.ts';

/** 128 hexadecimal digits, in small letters. */
export const sha512 = z.string().regex(/^[0-9a-f]{128}$/, 'expected 128 hexadecimal digits');

/** The keys of a file from elsewhere; a schema adds what else it wants, and `oneSource`. */
export const fetchedFileKeys = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .refine(isWithoutUser, 'a url may hold no user and no password: it would be kept in Redis')
    .optional(),
  file: z.string().min(1).optional(),
  sha512,
};

/** True when it is said once where a file comes from. */
export function hasOneSource({ url, file }: { url?: string | undefined; file?: string | undefined }): boolean {
  return (url === undefined) !== (file === undefined);
}

export const oneSource = 'give either a url or a file';

/** Relative paths are taken from the folder of clusters.yaml. */
export function toFetchedFile(
  { url, file, sha512: digest }: { url?: string | undefined; file?: string | undefined; sha512: string },
  folder: string,
): FetchedFile {
  return { ...(url && { url }), ...(file && { file: resolve(folder, file) }), sha512: digest };
}
