import { changesBetween, changesBeyond } from '../../clusters/change.ts';
import { change, revisionOf } from '../../clusters/decisions.ts';
import { mayRevise } from '../../clusters/policy.ts';
import { admitChanges } from '../admit-changes.ts';
import type { Answer } from '../answer.ts';
import { decide } from '../decide.ts';
import { override } from '../override.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { nothingChangedAnswer } from '../texts/form-answers.ts';
import type { Form, Submission } from './form.ts';
import { problemsIn, wishesIn } from './wishes.ts';

/** Asks for something else in the place of what waits for approval. */
export const changeForm: Form = {
  needs: 'change',
  about: ({ memory }) => memory,
  check(entered, { clusters }) {
    const spec = clusters.get(entered.memory.cluster ?? '');
    return spec === undefined ? {} : problemsIn(entered, spec);
  },
  run: runChange,
};

async function runChange(submission: Submission): Promise<Answer | undefined> {
  const { value, user, attempt, context } = submission;
  const found = value.deployment === undefined ? undefined : await context.deployments.find(value.deployment);
  if (found === undefined) return unknownDeploymentAnswer();
  const spec = override(found.spec, wishesIn(submission));
  const changes = changesBetween(found.spec, spec);
  if (changes.length === 0) return nothingChangedAnswer(found);
  const wanted = changesBeyond(context.clusters.get(found.cluster), found.spec, spec);
  const refusal = await admitChanges(wanted, found.cluster, attempt, submission);
  if (refusal !== undefined) return refusal;

  // By its revision: what was read above may be changed by somebody else before this is.
  const decided = await decide(submission, mayRevise, change(user, spec, revisionOf(value)));
  if (!decided.ok) return decided.answer;
  await context.producer.plan(decided.deployment.id, revisionOf(decided.deployment));
  return undefined;
}
