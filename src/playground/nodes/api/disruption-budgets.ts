import { z } from 'zod';
import type { ApiObject } from './collection.ts';
import { ApiFailure } from './failure.ts';

const budgetShape = z.looseObject({
  minAvailable: z.union([z.int(), z.string().regex(/^\d{1,3}%$/)]).optional(),
  maxUnavailable: z.union([z.int(), z.string().regex(/^\d{1,3}%$/)]).optional(),
  selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).default({}) }),
});

type Budget = z.output<typeof budgetShape>;

/**
 * Throws what a real API answers to the eviction of a pod that a PodDisruptionBudget does not allow now.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/#how-api-initiated-eviction-works
 *
 * @param pods all of its namespace
 */
export function assertWithinBudgets(pod: ApiObject, pods: readonly ApiObject[], budgets: readonly ApiObject[]): void {
  const about = budgets
    .map(({ metadata, spec }) => ({ name: metadata.name, budget: budgetShape.parse(spec) }))
    .filter(({ budget }) => isAbout(budget, pod));
  if (about.length > 1) {
    throw new ApiFailure(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const [only] = about;
  if (only === undefined) return;
  const all = pods.filter((other) => isAbout(only.budget, other));
  if (allowed(only.budget, all) > 0) return;
  throw new ApiFailure('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.");
}

function isAbout({ selector }: Budget, { metadata }: ApiObject): boolean {
  return Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels?.[label] === value);
}

/** How many of them may be away besides those that are. */
function allowed({ minAvailable, maxUnavailable = 0 }: Budget, pods: readonly ApiObject[]): number {
  const healthy = pods.filter(({ spec }) => (spec as { nodeName?: string }).nodeName !== undefined).length;
  const needed =
    minAvailable === undefined ? pods.length - amount(maxUnavailable, pods.length) : amount(minAvailable, pods.length);
  return healthy - needed;
}

function amount(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((of * Number.parseInt(value, 10)) / 100);
}
