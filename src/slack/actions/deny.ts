import { mayDeny } from '../../clusters/policy.ts';
import { couldDecide } from '../decide.ts';
import type { MadeForm } from '../forms/open-form.ts';
import { denyView } from '../views/deny-view.ts';
import type { Click, FormAction } from './action.ts';

/** Asks for the reason for which a request is ended; whoever asked may withdraw it so, too. */
export const deny: FormAction = { needs: 'deny', form: makeForm };

async function makeForm(click: Click): Promise<MadeForm> {
  const found = await couldDecide(click, mayDeny);
  if (!found.ok) return found;
  return { ok: true, view: denyView(found.deployment, click.user, { ...click.value, channel: click.channel }) };
}
