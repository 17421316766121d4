import type { Deployment } from '../clusters/deployment.ts';
import type { DeploymentRequest } from '../store/deployments.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { busyAnswer } from './texts/answers.ts';

/** Asks for a deployment and has its plan made. Answers `accepted` of it, or who holds the cluster. */
export async function requestDeployment(
  request: DeploymentRequest,
  accepted: (deployment: Deployment) => Answer,
  { deployments, producer }: Pick<SlackContext, 'deployments' | 'producer'>,
): Promise<Answer> {
  const outcome = await deployments.request(request);
  if (outcome.kind === 'busy') {
    return busyAnswer(request.spec.name, outcome.lock, await deployments.find(outcome.lock.deployment));
  }
  await producer.plan(outcome.deployment.id);
  return accepted(outcome.deployment);
}
