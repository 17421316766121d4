import type { Answer } from '../answer.ts';
import { retryDeployment } from '../retry-deployment.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Action, Click } from './action.ts';

/** Takes a deployment up again that failed. The card and its thread tell everybody, so nobody is told besides. */
export const retry: Action = { needs: 'retry', run: runRetry };

async function runRetry({ value, user, context }: Click): Promise<Answer | undefined> {
  const deployment = value.deployment === undefined ? undefined : await context.deployments.find(value.deployment);
  if (deployment === undefined) return unknownDeploymentAnswer();
  const outcome = await retryDeployment(deployment, user, context);
  return outcome.retried ? undefined : outcome.answer;
}
