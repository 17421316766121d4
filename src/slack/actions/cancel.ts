import type { Answer } from '../answer.ts';
import { cancelDeployment } from '../cancel-deployment.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Click } from './action.ts';

/** Stops a deployment that waits or runs. Whoever clicked has confirmed it. */
export async function cancel(click: Click): Promise<Answer | undefined> {
  const { value, context } = click;
  const deployment = value.deployment === undefined ? undefined : await context.deployments.find(value.deployment);
  if (deployment === undefined) return unknownDeploymentAnswer();
  const outcome = await cancelDeployment(deployment, click);
  return outcome.cancelled ? undefined : outcome.answer;
}
