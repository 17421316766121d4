import { awaitEnd } from '../../clusters/decisions.ts';
import { isTerminal } from '../../clusters/deployment.ts';
import { EventRefusedError } from '../../clusters/reducer.ts';
import type { Answer } from '../answer.ts';
import { awaitingAnswer, freeAlreadyAnswer, unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Action, Click } from './action.ts';

/** Has whoever clicked told when a deployment is over. It tells them no more than the channel does, so any member may. */
export const tellMe: Action = { needs: 'tell-me', run: runTellMe };

async function runTellMe({ value, user, context }: Click): Promise<Answer> {
  const { deployments } = context;
  const found = value.deployment === undefined ? undefined : await deployments.find(value.deployment);
  if (found === undefined) return unknownDeploymentAnswer();
  try {
    const { deployment } = await deployments.change(found.id, awaitEnd(user));
    return isTerminal(deployment.state) ? freeAlreadyAnswer(deployment) : awaitingAnswer(deployment);
  } catch (error) {
    if (!(error instanceof EventRefusedError)) throw error;
    return freeAlreadyAnswer(found);
  }
}
