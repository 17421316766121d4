import { closest } from '../closest.ts';
import type { CloudChoice } from '../clusters/cluster-spec.ts';
import { choicesNamed, choicesOf, cloudNames } from '../clusters/inspection.ts';
import { UsageError } from '../errors.ts';
import type { SlackContext } from './context.ts';

/** The clouds that a name means, or all that clusters use without one. Throws a UsageError with the names there are. */
export function chooseClouds(name: string | undefined, { clusters }: Pick<SlackContext, 'clusters'>): CloudChoice[] {
  const all = choicesOf(clusters.values());
  if (name === undefined) return all;
  const found = choicesNamed(name, all);
  if (found.length > 0) return found;
  const names = [...new Set(all.flatMap(cloudNames))].sort();
  const near = closest(name, names);
  throw new UsageError(`clusters.yaml uses no cloud ${name}.${near ? ` Did you mean ${near}?` : ''}`, {
    hint: names.length === 0 ? 'clusters.yaml describes no cluster yet' : `The clouds are: ${names.join(', ')}`,
  });
}
