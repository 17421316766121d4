import type { Answer } from '../answer.ts';
import { shareLog } from '../share-log.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Action, Click } from './action.ts';

/** Posts the end of a build's log to the thread. */
export const log: Action = { needs: 'logs', run: runLog };

async function runLog({ value, user, context }: Click): Promise<Answer> {
  const deployment = value.deployment === undefined ? undefined : await context.deployments.find(value.deployment);
  return deployment === undefined ? unknownDeploymentAnswer() : shareLog(deployment, user, context);
}
