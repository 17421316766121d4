import type { Answer } from '../answer.ts';
import { insideOfCard, isAnswer } from '../inside.ts';
import { refusedAccess, sendKubeconfig } from '../send-kubeconfig.ts';
import type { Click } from './action.ts';

/** Sends whoever clicked a credential of their own for the card's cluster. */
export async function kubeconfig(click: Click): Promise<Answer> {
  const refused = await refusedAccess(click);
  if (refused !== undefined) return refused;
  const inside = await insideOfCard(click.value, 'kubeconfig', click.context);
  return isAnswer(inside) ? inside : sendKubeconfig(inside, click);
}
