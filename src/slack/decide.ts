import { type Decision, expire } from '../../clusters/decisions.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import type { Person, Verdict } from '../../clusters/policy.ts';
import { EventRefusedError } from '../../clusters/reducer.ts';
import { judged, lookedUp } from '../admit.ts';
import type { Answer } from '../answer.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { undecidedAnswer } from '../texts/decision-answers.ts';
import type { Click } from './action.ts';

/** A button of a card that waits for approval. */
export interface ApprovalButton {
  readonly may: (deployment: Deployment, person: Person) => Verdict;
  readonly decision: Decision;
}

/** The deployment when the click changed it, or why it did not. */
export type Decided =
  | { readonly changed: true; readonly deployment: Deployment }
  | { readonly changed: false; readonly answer: Answer };

/**
 * Takes a decision about a deployment that waits for approval. Redis alone decides who was first: two clicks at once, or
 * one that is delivered twice, have one effect.
 */
export async function decide(click: Click, button: ApprovalButton): Promise<Decided> {
  const { value, user, attempt, context, people } = click;
  const { deployments, now = Date.now } = context;
  const found = value.deployment === undefined ? undefined : await deployments.find(value.deployment);
  if (found === undefined) return unchanged(unknownDeploymentAnswer());

  // The sweep that lets requests expire may be some seconds behind; a click is not to profit from that.
  const { deployment } = await deployments.change(found.id, expire(now()));
  if (deployment.state !== 'awaiting-approval') return unchanged(undecidedAnswer(deployment, user));

  const person = await lookedUp(attempt, click, () => people.find(user, deployment.terms.from));
  const refusal = await judged(button.may(deployment, person), attempt, click);
  if (refusal !== undefined) return unchanged(refusal);
  return change(deployment.id, user, button.decision, context);
}

async function change(
  id: string,
  user: string,
  decision: Decision,
  { deployments }: Click['context'],
): Promise<Decided> {
  try {
    const { deployment, changed } = await deployments.change(id, decision);
    return changed ? { changed, deployment } : unchanged(undecidedAnswer(deployment, user));
  } catch (error) {
    if (!(error instanceof EventRefusedError)) throw error;
    return unchanged(undecidedAnswer(await deployments.get(id), user));
  }
}

function unchanged(answer: Answer): Decided {
  return { changed: false, answer };
}
