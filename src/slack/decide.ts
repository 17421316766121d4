import { type Decision, expire, revisionOf } from '../clusters/decisions.ts';
import { type Deployment, isTerminal } from '../clusters/deployment.ts';
import type { Person, Verdict } from '../clusters/policy.ts';
import { EventRefusedError } from '../clusters/reducer.ts';
import { type Deciding, judged, lookedUp } from './admit.ts';
import type { Answer } from './answer.ts';
import type { Attempt } from './attempt.ts';
import { unknownDeploymentAnswer } from './texts/answers.ts';
import { changedSinceAnswer, undecidedAnswer } from './texts/decision-answers.ts';
import type { ButtonValue } from './views/button-value.ts';

/** Somebody who would decide about a deployment that waits for approval, and what of it they have seen. */
export interface Decider extends Deciding {
  readonly value: Pick<ButtonValue, 'deployment' | 'revision'>;
  readonly user: string;
  readonly attempt: Attempt;
}

/** May a person decide this about a deployment? */
export type May = (deployment: Deployment, person: Person) => Verdict;

/** The deployment when the decision can be or was taken, or why not. */
export type Decided =
  | { readonly ok: true; readonly deployment: Deployment }
  | { readonly ok: false; readonly answer: Answer };

/**
 * Takes a decision about a deployment that waits for approval. Redis alone decides who was first: two clicks at once, or
 * one that is delivered twice, have one effect.
 */
export async function decide(decider: Decider, may: May, decision: Decision): Promise<Decided> {
  const found = await waiting(decider);
  if (!found.ok) return found;
  const refusal = await judged(await verdictOn(found.deployment, decider, may), decider.attempt, decider);
  return refusal === undefined ? change(found.deployment.id, decider, decision) : not(refusal);
}

/** Could the decision be taken now? Only a refusal is written down: nothing has been decided yet. */
export async function couldDecide(decider: Decider, may: May): Promise<Decided> {
  const found = await waiting(decider);
  if (!found.ok) return found;
  const verdict = await verdictOn(found.deployment, decider, may);
  const refusal = verdict.allowed ? undefined : await judged(verdict, decider.attempt, decider);
  return refusal === undefined ? found : not(refusal);
}

/** The deployment, if it waits for approval and is what was seen of it. */
async function waiting(decider: Decider): Promise<Decided> {
  const { value, context } = decider;
  const { deployments, now = Date.now } = context;
  const found = value.deployment === undefined ? undefined : await deployments.find(value.deployment);
  if (found === undefined) return not(unknownDeploymentAnswer());

  // The sweep that lets requests expire may be some seconds behind; a click is not to profit from that.
  const { deployment } = await deployments.change(found.id, expire(now()));
  const asSeen = revisionOf(deployment) === revisionOf(value);
  return asSeen && deployment.state === 'awaiting-approval'
    ? { ok: true, deployment }
    : not(whyNot(deployment, decider));
}

function verdictOn(deployment: Deployment, decider: Decider, may: May): Promise<Verdict> {
  const { people, user, attempt } = decider;
  return lookedUp(attempt, decider, async () => may(deployment, await people.find(user, deployment.terms.from)));
}

async function change(id: string, decider: Decider, decision: Decision): Promise<Decided> {
  const { deployments } = decider.context;
  try {
    const { deployment, changed } = await deployments.change(id, decision);
    return changed ? { ok: true, deployment } : not(whyNot(deployment, decider));
  } catch (error) {
    if (!(error instanceof EventRefusedError)) throw error;
    return not(whyNot(await deployments.get(id), decider));
  }
}

function whyNot(deployment: Deployment, { value, user }: Decider): Answer {
  const decided = isTerminal(deployment.state) || ['queued', 'running'].includes(deployment.state);
  const asSeen = revisionOf(deployment) === revisionOf(value);
  return decided || asSeen ? undecidedAnswer(deployment, user) : changedSinceAnswer(deployment);
}

function not(answer: Answer): Decided {
  return { ok: false, answer };
}
