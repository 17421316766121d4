import type { Answer } from '../answer.ts';
import { mostNodes } from '../request-scale.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { howToScaleAnswer, otherClusterAnswer } from '../texts/change-answers.ts';
import type { Action, Click } from './action.ts';

/** Tells how the cluster of this card is given another number of nodes, and never a later one of its name. */
export const scale: Action = { needs: 'scale', run: runScale };

async function runScale({ value, context }: Click): Promise<Answer> {
  const { cluster, deployment } = value;
  if (cluster === undefined) return unknownDeploymentAnswer();
  const record = await context.known.find(cluster);
  if (record === undefined || record.deployment !== deployment) return otherClusterAnswer(cluster);
  return howToScaleAnswer(record, await mostNodes(record, context));
}
