import type { Answer } from '../answer.ts';
import { insideOfCard, isAnswer } from '../inside.ts';
import { refusedInside, showPods } from '../inspect-pods.ts';
import type { Click } from './action.ts';

/** Shows the nodes and pods of the card's cluster as they are now, to whoever clicked. */
export async function pods(click: Click): Promise<Answer> {
  const refused = await refusedInside(click);
  if (refused !== undefined) return refused;
  const inside = await insideOfCard(click.value, 'pods', click.context);
  return isAnswer(inside) ? inside : showPods(inside, click);
}
