import { approve as approveBy } from '../../clusters/decisions.ts';
import { mayApprove } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import type { Action, Click } from './action.ts';
import { decide } from './decide.ts';

/** Counts the clicker's approval; the one that completes the number starts the work. */
export const approve: Action = { needs: 'approve', run: runApprove };

async function runApprove(click: Click): Promise<Answer | undefined> {
  const decided = await decide(click, { may: mayApprove, decision: approveBy(click.user) });
  if (!decided.changed) return decided.answer;
  const { id, state, round } = decided.deployment;
  if (state === 'queued') await click.context.producer.start(id, round);
  return undefined;
}
