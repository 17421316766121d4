import { cancel } from '../clusters/decisions.ts';
import { type Deployment, isTerminal } from '../clusters/deployment.ts';
import { EventRefusedError } from '../clusters/reducer.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { undecidedAnswer } from './texts/decision-answers.ts';

/** The deployment when it is cancelled now, or why it is not. */
export type Cancelled =
  | { readonly cancelled: true; readonly deployment: Deployment }
  | { readonly cancelled: false; readonly answer: Answer };

/** Stops a deployment. Redis alone decides who was first: a second click finds that it is over, and by whom. */
export async function cancelDeployment(
  deployment: Deployment,
  user: string,
  { deployments }: Pick<SlackContext, 'deployments'>,
): Promise<Cancelled> {
  if (isTerminal(deployment.state)) return refused(undecidedAnswer(deployment, user));
  try {
    const outcome = await deployments.change(deployment.id, cancel(user));
    return outcome.changed
      ? { cancelled: true, deployment: outcome.deployment }
      : refused(undecidedAnswer(outcome.deployment, user));
  } catch (error) {
    if (!(error instanceof EventRefusedError)) throw error;
    return refused(undecidedAnswer(await deployments.get(deployment.id), user));
  }
}

function refused(answer: Answer): Cancelled {
  return { cancelled: false, answer };
}
