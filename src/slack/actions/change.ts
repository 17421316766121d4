import { mayRevise } from '../../clusters/policy.ts';
import { refusedChanges } from '../admit-changes.ts';
import type { Answer } from '../answer.ts';
import { couldDecide } from '../decide.ts';
import { openForm } from '../forms/open-form.ts';
import { changeView } from '../views/up-view.ts';
import type { Action, Click } from './action.ts';

/** Opens the form of a request again, with what it asks for now. */
export const change: Action = { needs: 'change', run: runChange };

function runChange(click: Click): Promise<Answer | undefined> {
  return openForm(click, 'Click again', async () => {
    const found = await couldDecide(click, mayRevise);
    if (!found.ok) return found;
    const { spec, cluster } = found.deployment;
    const refused = await refusedChanges(cluster, click.user, click);
    return { ok: true, view: changeView({ spec, refused }, { ...click.value, channel: click.channel }) };
  });
}
