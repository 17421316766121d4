import { deny as denyBy } from '../../clusters/decisions.ts';
import { mayDeny } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import type { Action, Click } from './action.ts';
import { decide } from './decide.ts';

/** Ends a request before anything is made; whoever asked may withdraw it so, too. */
export const deny: Action = { needs: 'deny', run: runDeny };

async function runDeny(click: Click): Promise<Answer | undefined> {
  const decided = await decide(click, { may: mayDeny, decision: denyBy(click.user) });
  return decided.changed ? undefined : decided.answer;
}
