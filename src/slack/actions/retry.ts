import type { Answer } from '../answer.ts';
import { retryDeployment } from '../retry-deployment.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Click } from './action.ts';

/** Takes a deployment up again that failed. The card and its thread tell everybody, so nobody is told besides. */
export async function retry(click: Click): Promise<Answer | undefined> {
  const { value, context } = click;
  const deployment = value.deployment === undefined ? undefined : await context.deployments.find(value.deployment);
  if (deployment === undefined) return unknownDeploymentAnswer();
  const outcome = await retryDeployment(deployment, click);
  return outcome.retried ? undefined : outcome.answer;
}
