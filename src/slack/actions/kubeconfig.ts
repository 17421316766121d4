import type { Answer } from '../answer.ts';
import { insideOfCard, isAnswer } from '../inside.ts';
import { sendKubeconfig } from '../send-kubeconfig.ts';
import type { Action, Click } from './action.ts';

/** Sends whoever clicked a credential of their own for the card's cluster. */
export const kubeconfig: Action = { needs: 'kubeconfig', run: runKubeconfig };

async function runKubeconfig(click: Click): Promise<Answer> {
  const inside = await insideOfCard(click.value, 'kubeconfig', click.context);
  return isAnswer(inside) ? inside : sendKubeconfig(inside, click);
}
