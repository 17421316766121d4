import type { Answer } from '../answer.ts';
import { insideOfCard, isAnswer } from '../inside.ts';
import { shareTopology } from '../share-topology.ts';
import type { Action, Click } from './action.ts';

/** Posts a picture of the card's cluster to the thread. */
export const topology: Action = { needs: 'topology', run: runTopology };

async function runTopology(click: Click): Promise<Answer> {
  const inside = await insideOfCard(click.value, 'topology', click.context);
  return isAnswer(inside) ? inside : shareTopology(inside, click);
}
