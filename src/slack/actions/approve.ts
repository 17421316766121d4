import { approve as approveBy, revisionOf } from '../../clusters/decisions.ts';
import { mayApprove } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import { decide } from '../decide.ts';
import type { Action, Click } from './action.ts';

/** Counts the clicker's approval of the plan that they saw; the one that completes the number starts the work. */
export const approve: Action = { needs: 'approve', run: runApprove };

async function runApprove(click: Click): Promise<Answer | undefined> {
  const decided = await decide(click, mayApprove, approveBy(click.user, revisionOf(click.value)));
  if (!decided.ok) return decided.answer;
  const { id, state, round } = decided.deployment;
  if (state === 'queued') await click.context.producer.start(id, round);
  return undefined;
}
