import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { isUnnamedCode } from '../admit-changes.ts';
import type { Answer } from '../answer.ts';
import type { SlackContext } from '../context.ts';
import { requestUp } from '../request-up.ts';
import { anybodysCodeText, otherClusterText, undescribedText } from '../texts/form-texts.ts';
import type { Entered, Form, Problems, Submission } from './form.ts';
import { inputs } from './inputs.ts';
import { problemsIn, wishesIn } from './wishes.ts';

/** Asks for a cluster. */
export const upForm: Form = {
  needs: 'up',
  about: (entered) => ({ cluster: clusterIn(entered) }),
  check(entered, context) {
    const name = clusterIn(entered);
    // Sent before it was made anew, with what another cluster has.
    if (entered.memory.cluster !== name) return { [inputs.cluster]: otherClusterText(name) };
    const spec = context.clusters.get(name);
    if (spec === undefined) return { [inputs.cluster]: undescribedText(name) };
    return { ...codeProblem(entered, spec, context), ...problemsIn(entered, spec) };
  },
  run: runUp,
};

/** What would be refused is said while the form is open. */
function codeProblem(entered: Entered, { name, kubernetes }: ClusterSpec, { policy }: SlackContext): Problems {
  const version = wishesIn(entered).version?.trim() ?? '';
  const isRefused = version !== kubernetes.version && isUnnamedCode(version, name, policy);
  return isRefused ? { [inputs.version]: anybodysCodeText } : {};
}

function runUp(submission: Submission): Promise<Answer> {
  return requestUp(clusterIn(submission), wishesIn(submission), submission.attempt, submission);
}

function clusterIn({ entries }: Entered): string {
  return entries.get(inputs.cluster) ?? '';
}
