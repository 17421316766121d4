import { mayRequest } from '../../clusters/policy.ts';
import type { Answer } from '../answer.ts';
import { shareLog } from '../share-log.ts';
import { refusedAnswer, unknownDeploymentAnswer } from '../texts/answers.ts';
import type { Click } from './action.ts';

/** Posts the end of a build's log to the thread. */
export async function log({ value, user, context, people }: Click): Promise<Answer> {
  const { policy, deployments } = context;
  const deployment = value.deployment === undefined ? undefined : await deployments.find(value.deployment);
  if (deployment === undefined) return unknownDeploymentAnswer();

  const person = await people.find(user, [...policy.request, ...policy.approve.from]);
  const verdict = mayRequest(policy, person);
  return verdict.allowed ? shareLog(deployment, user, context) : refusedAnswer(verdict, 'see logs');
}
