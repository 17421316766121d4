import { cancel } from '../clusters/decisions.ts';
import { type Deployment, isTerminal } from '../clusters/deployment.ts';
import { mayCancel } from '../clusters/policy.ts';
import { EventRefusedError } from '../clusters/reducer.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import type { People } from './people.ts';
import { refusedAnswer } from './texts/answers.ts';
import { actionWords } from './texts/cluster-texts.ts';
import { undecidedAnswer } from './texts/decision-answers.ts';

/** Who wants to cancel, and what is asked before that is done. */
export interface Canceller {
  readonly user: string;
  readonly people: People;
  readonly context: Pick<SlackContext, 'deployments' | 'policy'>;
}

/** The deployment when it is cancelled now, or why it is not. */
export type Cancelled =
  | { readonly cancelled: true; readonly deployment: Deployment }
  | { readonly cancelled: false; readonly answer: Answer };

/** Stops a deployment. Redis alone decides who was first: a second click finds that it is over, and by whom. */
export async function cancelDeployment(deployment: Deployment, by: Canceller): Promise<Cancelled> {
  const { user, people, context } = by;
  if (isTerminal(deployment.state)) return refused(undecidedAnswer(deployment, user));

  const { policy, deployments } = context;
  const person = await people.find(user, [...policy.request, ...policy.approve.from]);
  const verdict = mayCancel(deployment, policy, person);
  const what = `cancel ${actionWords[deployment.action].doing} ${deployment.cluster}`;
  if (!verdict.allowed) return refused(refusedAnswer(verdict, what));

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
