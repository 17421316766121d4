import { mayRevise } from '../../clusters/policy.ts';
import { refusedChanges } from '../admit-changes.ts';
import { couldDecide } from '../decide.ts';
import type { MadeForm } from '../forms/open-form.ts';
import { changeView } from '../views/up-view.ts';
import type { Click, FormAction } from './action.ts';

/** Opens the form of a request again, with what it asks for now. */
export const change: FormAction = { needs: 'change', form: makeForm };

async function makeForm(click: Click): Promise<MadeForm> {
  const found = await couldDecide(click, mayRevise);
  if (!found.ok) return found;
  const { spec, cluster } = found.deployment;
  const refused = await refusedChanges(cluster, click.user, click);
  return { ok: true, view: changeView({ spec, refused }, { ...click.value, channel: click.channel }) };
}
