import { changesBetween } from './change.ts';
import type { ClusterSpec } from './cluster-spec.ts';
import { type Deployment, type DeploymentEventBody, type Failure, isTerminal } from './deployment.ts';
import { dueWarning, expiryOf } from './lifetime.ts';
import type { Plan } from './plan.ts';
import { EventRefusedError } from './reducer.ts';
import type { StepName, StepResults } from './steps.ts';

/**
 * Decisions: from what a deployment is and what somebody wants to the events that make it so. Pure, so that the store
 * can ask again when another process was quicker. An empty list means that there is nothing (more) to do.
 */
export type Decision = (deployment: Deployment) => readonly DeploymentEventBody[];

/**
 * Records the plan and asks for approvals, or goes straight to the queue where the policy wants none. A plan of what was
 * asked for before a change is dropped.
 */
export function recordPlan(plan: Plan, now: number, revision = 0): Decision {
  return (deployment) => {
    if (deployment.state !== 'requested' || revisionOf(deployment) !== revision) return [];
    const { terms } = deployment;
    return [
      { type: 'planned', plan },
      terms.count === 0 ? { type: 'queued', round: 1 } : { type: 'approval-requested', until: now + terms.withinMs },
    ];
  };
}

/**
 * Adds one person's approval of what they saw; the one that completes the number also queues the deployment. What they
 * saw before a change is nothing that they have approved.
 */
export function approve(by: string, revision = 0): Decision {
  return (deployment) => {
    if (deployment.state !== 'awaiting-approval' || revisionOf(deployment) !== revision) return [];
    if (deployment.approvals.some((approval) => approval.by === by)) return [];
    const complete = deployment.approvals.length + 1 >= deployment.terms.count;
    return [{ type: 'approved', by }, ...(complete ? [{ type: 'queued', round: 1 } as const] : [])];
  };
}

/** Ends a deployment that has not been approved yet, and is what whoever denies it saw. */
export function deny(by: string, { reason, revision = 0 }: { reason?: string; revision?: number } = {}): Decision {
  return (deployment) => {
    if (!isBeforeApproval(deployment) || revisionOf(deployment) !== revision) return [];
    return [{ type: 'denied', by, ...(reason !== undefined && { reason }) }];
  };
}

/**
 * Asks for something else in the place of what waits for approval: it is planned anew, and whoever has approved the other
 * has not approved this. Nothing for what is the same, or was changed since.
 */
export function change(by: string, spec: ClusterSpec, revision: number): Decision {
  return (deployment) => {
    if (deployment.state !== 'awaiting-approval' || revisionOf(deployment) !== revision) return [];
    const changes = changesBetween(deployment.spec, spec);
    return changes.length === 0 ? [] : [{ type: 'changed', by, spec, changes }];
  };
}

/** How often what a deployment asks for was changed. */
export function revisionOf({ revision = 0 }: Pick<Deployment, 'revision'>): number {
  return revision;
}

/** Ends a deployment whose approval did not come in time. */
export function expire(now: number): Decision {
  return ({ state, approvalUntil }) =>
    state === 'awaiting-approval' && approvalUntil !== undefined && approvalUntil <= now ? [{ type: 'expired' }] : [];
}

/** Reminds of a deployment that waits for approval, once, when half of its time is over. */
export function remind(now: number): Decision {
  return ({ state, approvalUntil, terms, remindedAt }) => {
    if (state !== 'awaiting-approval' || approvalUntil === undefined || remindedAt !== undefined) return [];
    const leftMs = approvalUntil - now;
    return leftMs > 0 && leftMs <= terms.withinMs / 2 ? [{ type: 'reminded', leftMs }] : [];
  };
}

/** What the time does to a deployment that waits for approval: people are reminded once, and in the end it expires. */
export function passTime(now: number): Decision {
  return (deployment) => [...expire(now)(deployment), ...remind(now)(deployment)];
}

/**
 * Ends a deployment that is not over, whatever it is doing. The store tells the workers, whose running steps stop; what a
 * step has made by then stays, as it does after a failure, and what Heat has begun it goes on with by itself.
 */
export function cancel(by: string): Decision {
  return ({ state }) => (isTerminal(state) ? [] : [{ type: 'cancelled', by }]);
}

/** Notes who wants to be told when a deployment is over. Somebody who has said so already need not again. */
export function awaitEnd(by: string): Decision {
  return ({ state, awaitedBy = [] }) => (isTerminal(state) || awaitedBy.includes(by) ? [] : [{ type: 'awaited', by }]);
}

/** Begins the next attempt of a step. Answers nothing for a step that is done, so that a second flow skips it. */
export function startStep(step: StepName): Decision {
  return (deployment) => {
    const record = deployment.steps[step];
    if (record === undefined || record.state === 'done') return [];
    return [{ type: 'step-started', step, attempt: record.attempt + 1 }];
  };
}

/** Finishes a step, and with the action's last step the whole deployment. */
export function finishStep<Name extends StepName>(step: Name, attempt: number, result: StepResults[Name]): Decision {
  return (deployment) => {
    const finished = { type: 'step-finished', step, attempt, result } as DeploymentEventBody;
    // Those that it began with: a deployment may be older than a step of today's.
    const others = Object.entries(deployment.steps).filter(([name]) => name !== step);
    const last = others.every(([, { state }]) => state === 'done');
    return last ? [finished, { type: 'succeeded' }] : [finished];
  };
}

/** What fails a step for good, and with it the deployment. */
export function failStep(step: StepName, attempt: number, failure: Failure): readonly DeploymentEventBody[] {
  return [
    { type: 'step-failed', step, attempt, failure },
    { type: 'failed', failure, step },
  ];
}

/** Fails a deployment that cannot be planned. A plan that is made twice does not touch a deployment that went on. */
export function failPlan(failure: Failure, revision = 0): Decision {
  return (deployment) =>
    deployment.state === 'requested' && revisionOf(deployment) === revision ? [{ type: 'failed', failure }] : [];
}

/** Fails a deployment for a reason outside its steps. */
export function fail(failure: Failure, step?: StepName): Decision {
  return (deployment) => (isTerminal(deployment.state) ? [] : [{ type: 'failed', failure, ...(step && { step }) }]);
}

/** True for a deployment that failed at its work, not at its plan: what it had finished is worth something. */
export function canRetry({ state, round, goneAt }: Deployment): boolean {
  return state === 'failed' && round > 0 && goneAt === undefined;
}

/** Notes that the cluster is gone that a deployment had made or changed, once. */
export function markGone(): Decision {
  return ({ action, state, round, goneAt }) =>
    action !== 'down' && isTerminal(state) && round > 0 && goneAt === undefined ? [{ type: 'gone' }] : [];
}

/**
 * Takes a failed deployment up again at what it has not finished. The plan and its approval stay: it is the same that is
 * done. Whoever decides this must hold the cluster's lock, of which `fence` is the number.
 */
export function retry(by: string, fence: number): Decision {
  return (deployment) => (canRetry(deployment) ? [{ type: 'retried', by, round: deployment.round + 1, fence }] : []);
}

/**
 * Gives a cluster another end, which is said of the deployment that made it. A cluster without an end gets none: it stays
 * for as long as it is wanted.
 */
export function extend(by: string, until: number): Decision {
  return (deployment) => (expiryOf(deployment) === undefined ? [] : [{ type: 'extended', by, until }]);
}

/** Warns of a cluster's end, once for each of the times at which that is done. */
export function warnOfExpiry(now: number): Decision {
  return (deployment) => {
    const expiry = expiryOf(deployment);
    const leftMs = expiry && dueWarning(expiry, now);
    return leftMs === undefined ? [] : [{ type: 'expiry-warned', leftMs }];
  };
}

/** Enqueues the flow once more, for a deployment whose jobs of that round are gone. */
export function requeue(round: number): Decision {
  return (deployment) => {
    if (deployment.state !== 'running' || deployment.round !== round) return [];
    return [{ type: 'queued', round: deployment.round + 1 }];
  };
}

/** Throws EventRefusedError when the attempt is no longer the one that may act. Called before anything is made. */
export function assertCurrent(deployment: Deployment, step: StepName, attempt: number): void {
  if (isCurrent(deployment, step, attempt)) return;
  throw new EventRefusedError(`Attempt ${attempt} of step "${step}" of ${deployment.id} has been superseded`);
}

/** True while the attempt is the one that may act. */
export function isCurrent(deployment: Deployment, step: StepName, attempt: number): boolean {
  const record = deployment.steps[step];
  return !isTerminal(deployment.state) && record?.state === 'running' && record.attempt === attempt;
}

function isBeforeApproval(deployment: Deployment): boolean {
  return ['requested', 'planned', 'awaiting-approval'].includes(deployment.state);
}
