import type { Answer } from '../answer.ts';
import { insideOfCard, isAnswer } from '../inside.ts';
import { showPods } from '../inspect-pods.ts';
import type { Action, Click } from './action.ts';

/** Shows the nodes and pods of the card's cluster as they are now, to whoever clicked. */
export const pods: Action = { needs: 'pods', run: runPods };

async function runPods(click: Click): Promise<Answer> {
  const inside = await insideOfCard(click.value, 'pods', click.context);
  return isAnswer(inside) ? inside : showPods(inside, click);
}
