import type { Answer } from '../answer.ts';
import { cancelDeployment } from '../cancel-deployment.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Action, Click } from './action.ts';

/** Stops a deployment that waits or runs. Whoever clicked has confirmed it. */
export const cancel: Action = { needs: 'cancel', run: runCancel };

async function runCancel({ value, user, context }: Click): Promise<Answer | undefined> {
  const deployment = value.deployment === undefined ? undefined : await context.deployments.find(value.deployment);
  if (deployment === undefined) return unknownDeploymentAnswer();
  const outcome = await cancelDeployment(deployment, user, context);
  return outcome.cancelled ? undefined : outcome.answer;
}
