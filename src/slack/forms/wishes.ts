import type { Changeable } from '../../clusters/change.ts';
import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { type Wishes, wishProblems } from '../override.ts';
import type { Entered, Problems } from './form.ts';
import { inputs } from './inputs.ts';

/** What of a cluster is wanted otherwise, as a form has it. */
export function wishesIn({ entries }: Entered): Wishes {
  return {
    version: entries.get(inputs.version),
    nodes: entries.get(inputs.nodes),
    ttl: entries.get(inputs.ttl),
  };
}

/** What is wrong with that, by the inputs. */
export function problemsIn(entered: Entered, spec: ClusterSpec): Problems {
  const problems = wishProblems(spec, wishesIn(entered)).map(([what, { message, hint }]): [string, string] => [
    inputOf[what],
    hint === undefined ? message : `${message}. ${hint}`,
  ]);
  return Object.fromEntries(problems);
}

const inputOf = { version: inputs.version, nodes: inputs.nodes, ttl: inputs.ttl } as const satisfies Record<
  Changeable,
  string
>;
