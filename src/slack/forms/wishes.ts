import type { Changeable } from '../../clusters/change.ts';
import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { isUnnamedCode } from '../admit-changes.ts';
import type { SlackContext } from '../context.ts';
import { type Wishes, wishProblems } from '../override.ts';
import { anybodysCodeText } from '../texts/form-texts.ts';
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
export function problemsIn(entered: Entered, spec: ClusterSpec, { policy }: Pick<SlackContext, 'policy'>): Problems {
  const wishes = wishesIn(entered);
  const version = wishes.version?.trim() ?? '';
  const isStrange = version !== spec.kubernetes.version && isUnnamedCode(version, spec.name, policy);
  const problems = wishProblems(spec, wishes).map(([what, { message, hint }]): [string, string] => [
    inputOf[what],
    hint === undefined ? message : `${message}. ${hint}`,
  ]);
  return { ...(isStrange && { [inputs.version]: anybodysCodeText }), ...Object.fromEntries(problems) };
}

const inputOf = { version: inputs.version, nodes: inputs.nodes, ttl: inputs.ttl } as const satisfies Record<
  Changeable,
  string
>;
