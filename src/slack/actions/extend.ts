import type { Answer } from '../answer.ts';
import { extendCluster } from '../extend-cluster.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { otherClusterAnswer } from '../texts/lifetime-answers.ts';
import type { Action, Click } from './action.ts';

/** Keeps the cluster of this card for its usual time from now, and never a later one of its name. */
export const extend: Action = { needs: 'extend', run: runExtend };

async function runExtend({ value, user, context }: Click): Promise<Answer> {
  const { cluster, deployment } = value;
  if (cluster === undefined) return unknownDeploymentAnswer();
  const record = await context.known.find(cluster);
  if (record === undefined || record.deployment !== deployment) return otherClusterAnswer(cluster);
  return extendCluster(record, undefined, user, context);
}
