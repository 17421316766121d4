import type { Answer } from '../answer.ts';
import { requestUp } from '../request-up.ts';
import { otherClusterText, undescribedText } from '../texts/form-texts.ts';
import type { Entered, Form, Submission } from './form.ts';
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
    return spec === undefined ? { [inputs.cluster]: undescribedText(name) } : problemsIn(entered, spec, context);
  },
  run: runUp,
};

function runUp(submission: Submission): Promise<Answer> {
  return requestUp(clusterIn(submission), wishesIn(submission), submission.attempt, submission);
}

function clusterIn({ entries }: Entered): string {
  return entries.get(inputs.cluster) ?? '';
}
