import type { MadeForm } from '../forms/open-form.ts';
import { mostNodes } from '../request-scale.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { cannotChangeAnswer, otherClusterAnswer } from '../texts/change-answers.ts';
import { scaleView } from '../views/scale-view.ts';
import type { Click, FormAction } from './action.ts';

/** Asks how many nodes the cluster of this card is to have. */
export const scale: FormAction = { needs: 'scale', form: makeForm };

async function makeForm({ value, context, channel }: Click): Promise<MadeForm> {
  const { cluster, deployment } = value;
  if (cluster === undefined) return { ok: false, answer: unknownDeploymentAnswer() };
  const record = await context.known.find(cluster);
  if (record === undefined || record.deployment !== deployment) {
    return { ok: false, answer: otherClusterAnswer(cluster) };
  }
  if (record.state !== 'up') return { ok: false, answer: cannotChangeAnswer(cluster, record, 'scale') };
  return { ok: true, view: scaleView(record, await mostNodes(record, context), { ...value, channel }) };
}
