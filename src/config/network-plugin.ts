import { z } from 'zod';
import type { NetworkPlugin } from '../clusters/cluster-spec.ts';
import { fetchedFileKeys, hasOneSource, oneSource, toFetchedFile } from './fetched-file.ts';

const manifest = z.strictObject(fetchedFileKeys).refine(hasOneSource, oneSource);

const expected = 'expected flannel, none, or {name: calico or cilium, manifest: {url or file, sha512}}';

/** The key `network.plugin`: what connects pods. */
export const networkPlugin = z
  .union([z.enum(['flannel', 'none']), z.strictObject({ name: z.enum(['calico', 'cilium']), manifest })], {
    error: explain,
  })
  .default('flannel');

/** What is wrong with the longer form is told as it is, not as the failure of all forms. */
function explain(issue: z.core.$ZodRawIssue): string {
  const inside = 'errors' in issue ? (issue.errors as z.core.$ZodIssue[][] | undefined)?.[1] : undefined;
  const [first] = typeof issue.input === 'object' && issue.input !== null ? (inside ?? []) : [];
  return first === undefined ? expected : `${first.path.join('.') || 'plugin'}: ${first.message}; ${expected}`;
}

/** What was parsed, with absolute paths. */
export function toNetworkPlugin(parsed: z.infer<typeof networkPlugin>, folder: string): NetworkPlugin {
  if (typeof parsed === 'string') return { name: parsed };
  return { name: parsed.name, manifest: toFetchedFile(parsed.manifest, folder) };
}
