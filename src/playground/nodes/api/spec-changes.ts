import { z } from 'zod';
import { ApiFailure } from './failure.ts';

const jsonPatch = z.array(
  z.object({
    op: z.enum(['add', 'replace', 'remove']),
    path: z.string().regex(/^\/spec\/\w+$/),
    value: z.unknown().optional(),
  }),
);
const mergePatch = z.looseObject({ spec: z.record(z.string(), z.unknown()) });

/**
 * What a patch changes of a spec: a JSON patch, or a merge patch as kubectl sends it. Nothing else can be patched here.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */
export function specChanges(body: string): Record<string, unknown> {
  const patch: unknown = JSON.parse(body);
  const steps = jsonPatch.safeParse(patch);
  if (steps.success) {
    return Object.fromEntries(
      steps.data.map(({ op, path, value }) => [path.slice('/spec/'.length), op === 'remove' ? null : value]),
    );
  }
  const merge = mergePatch.safeParse(patch);
  if (merge.success) return merge.data.spec;
  throw new ApiFailure('Invalid', 'the server cannot apply this patch: only members of spec can be patched');
}
