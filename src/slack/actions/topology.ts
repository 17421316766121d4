import type { Answer } from '../answer.ts';
import { insideOfCard, isAnswer } from '../inside.ts';
import { refusedInside } from '../inspect-pods.ts';
import { shareTopology } from '../share-topology.ts';
import type { Click } from './action.ts';

/** Posts a picture of the card's cluster to the thread. */
export async function topology(click: Click): Promise<Answer> {
  const refused = await refusedInside(click);
  if (refused !== undefined) return refused;
  const inside = await insideOfCard(click.value, 'topology', click.context);
  return isAnswer(inside) ? inside : shareTopology(inside, click);
}
