import type { Deployment } from '../../clusters/deployment.ts';
import { expiryOf } from '../../clusters/lifetime.ts';
import type { Answer } from '../answer.ts';
import type { MadeForm } from '../forms/open-form.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { otherClusterAnswer, staysAnswer } from '../texts/lifetime-answers.ts';
import { keepView } from '../views/keep-view.ts';
import type { Click, FormAction } from './action.ts';

/** Asks until when the cluster of this card is kept. */
export const keep: FormAction = { needs: 'extend', form: makeForm };

async function makeForm(click: Click): Promise<MadeForm> {
  const { known, deployments } = click.context;
  const { cluster, deployment } = click.value;
  if (cluster === undefined || deployment === undefined) return not(unknownDeploymentAnswer());
  const [record, maker] = await Promise.all([known.find(cluster), deployments.find(deployment)]);
  if (record?.deployment !== deployment || maker === undefined) return not(otherClusterAnswer(cluster));
  return formFor(maker, click);
}

/** What clusters.yaml says today counts, as it does when the form comes back. */
function formFor(maker: Deployment, { value, context, channel }: Click): MadeForm {
  const { cluster, spec } = maker;
  const { protected: isProtected, lifetime } = context.clusters.get(cluster) ?? spec;
  const expiry = expiryOf(maker);
  if (isProtected || expiry === undefined) return not(staysAnswer(cluster, isProtected ?? false));
  const kept = { cluster, until: expiry.until, maxMs: (lifetime ?? spec.lifetime)?.maxMs };
  return { ok: true, view: keepView(kept, { ...value, channel }) };
}

function not(answer: Answer): MadeForm {
  return { ok: false, answer };
}
