import { approve as approveBy } from '../../clusters/decisions.ts';
import { mayApprove } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import type { Click } from './action.ts';
import { decide } from './decide.ts';

/** Counts the clicker's approval; the one that completes the number starts the work. */
export async function approve(click: Click): Promise<Answer | undefined> {
  const decided = await decide(click, { what: 'approve this', may: mayApprove, decision: approveBy(click.user) });
  if (!decided.changed) return decided.answer;
  const { id, state, round } = decided.deployment;
  if (state === 'queued') await click.context.producer.start(id, round);
  return undefined;
}
