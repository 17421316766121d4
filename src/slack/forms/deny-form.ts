import { deny, revisionOf } from '../../clusters/decisions.ts';
import { mayDeny } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import { decide } from '../decide.ts';
import type { Form, Submission } from './form.ts';
import { inputs } from './inputs.ts';

/** Ends a request before anything is made, and says why where that was given. */
export const denyForm: Form = { needs: 'deny', about: ({ memory }) => memory, run: runDeny };

async function runDeny(submission: Submission): Promise<Answer | undefined> {
  const { entries, value, user } = submission;
  const reason = entries.get(inputs.reason)?.trim();
  const decision = deny(user, { ...(reason && { reason }), revision: revisionOf(value) });
  const decided = await decide(submission, mayDeny, decision);
  return decided.ok ? undefined : decided.answer;
}
