import type { Answer } from '../answer.ts';
import { extendCluster } from '../extend-cluster.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { otherClusterAnswer } from '../texts/lifetime-answers.ts';
import type { Click } from './action.ts';

/** Keeps the cluster of this card for its usual time from now, and never a later one of its name. */
export async function extend(click: Click): Promise<Answer> {
  const { cluster, deployment } = click.value;
  if (cluster === undefined) return unknownDeploymentAnswer();
  const record = await click.context.known.find(cluster);
  return record?.deployment === deployment && record !== undefined
    ? extendCluster(record, undefined, click)
    : otherClusterAnswer(cluster);
}
