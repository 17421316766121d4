import { canRetry } from '../clusters/decisions.ts';
import type { Deployment } from '../clusters/deployment.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { busyAnswer } from './texts/answers.ts';
import { undecidedAnswer } from './texts/decision-answers.ts';
import { goneAnswer, nothingToRetryAnswer, overtakenAnswer } from './texts/retry-answers.ts';

/** The deployment when it goes on now, or why it does not. */
export type Retried =
  | { readonly retried: true; readonly deployment: Deployment }
  | { readonly retried: false; readonly answer: Answer };

/** How far back deployments of a cluster are looked for. */
const historyLength = 200;

/** The newest deployment of a cluster that got as far as changing something, or might have. */
export async function newestBegun(
  cluster: string,
  { deployments }: Pick<SlackContext, 'deployments'>,
): Promise<Deployment | undefined> {
  const recent = await deployments.recent(historyLength);
  return recent.find((deployment) => deployment.cluster === cluster && deployment.round > 0);
}

/**
 * Takes a failed deployment up again at the step that failed. Its plan was approved, so no approval is asked for; but only
 * as long as nothing else was done to the cluster, since the steps that are done would not be true any more.
 */
export async function retryDeployment(
  deployment: Deployment,
  user: string,
  context: Pick<SlackContext, 'deployments' | 'producer'>,
): Promise<Retried> {
  const { deployments, producer } = context;
  if (!canRetry(deployment)) return not(whyNot(deployment, user));

  const newest = await newestBegun(deployment.cluster, context);
  if (newest !== undefined && newest.id !== deployment.id) return not(overtakenAnswer(deployment, newest));
  const outcome = await deployments.retry(deployment.id, user);
  if (outcome === undefined) return not(whyNot(await deployments.get(deployment.id), user));
  if (outcome.kind === 'busy') {
    return not(busyAnswer(deployment.cluster, outcome.lock, await deployments.find(outcome.lock.deployment)));
  }
  await producer.start(outcome.deployment.id, outcome.deployment.round);
  return { retried: true, deployment: outcome.deployment };
}

/** One that failed at its plan has nothing to go on with; of all others it is said what became of them. */
function whyNot(deployment: Deployment, user: string): Answer {
  if (deployment.goneAt !== undefined) return goneAnswer(deployment);
  return deployment.state === 'failed' ? nothingToRetryAnswer(deployment) : undecidedAnswer(deployment, user);
}

function not(answer: Answer): Retried {
  return { retried: false, answer };
}
