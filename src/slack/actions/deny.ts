import { mayDeny } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import { couldDecide } from '../decide.ts';
import { openForm } from '../forms/open-form.ts';
import { denyView } from '../views/deny-view.ts';
import type { Action, Click } from './action.ts';

/** Asks for the reason for which a request is ended; whoever asked may withdraw it so, too. */
export const deny: Action = { needs: 'deny', run: runDeny };

function runDeny(click: Click): Promise<Answer | undefined> {
  return openForm(click, 'Click again', async () => {
    const found = await couldDecide(click, mayDeny);
    if (!found.ok) return found;
    return { ok: true, view: denyView(found.deployment, click.user, { ...click.value, channel: click.channel }) };
  });
}
