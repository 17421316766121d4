import { DeployError } from '../errors.ts';
import {
  type Deployment,
  type DeploymentEvent,
  type DeploymentState,
  isTerminal,
  type StepRecord,
} from './deployment.ts';
import { firstExpiry } from './lifetime.ts';
import type { StepName } from './steps.ts';
import { stepsOf } from './steps.ts';

/** An event came from an attempt that has been superseded, or for a deployment that is over. Whoever wrote it must stop. */
export class EventRefusedError extends DeployError {
  constructor(message: string) {
    super('event_refused', message);
  }
}

type EventOf<Type extends DeploymentEvent['type']> = Extract<DeploymentEvent, { type: Type }>;

/**
 * Folds one event into a deployment. Pure. Throws EventRefusedError for an event that may not happen in this state or
 * that a stale attempt wrote: nothing can bring a finished deployment back to life but a person who tries again, and what
 * happens after its end is only what becomes of the cluster that it has made.
 */
export function reduce(deployment: Deployment | undefined, event: DeploymentEvent): Deployment {
  if (event.type === 'requested') return begin(deployment, event);
  if (deployment === undefined)
    throw new EventRefusedError(`A deployment begins with "requested", not "${event.type}"`);
  if (isTerminal(deployment.state) && !afterTheEnd.includes(event.type)) {
    throw new EventRefusedError(`Deployment ${deployment.id} is ${deployment.state}; "${event.type}" comes too late`);
  }
  return 'step' in event && 'attempt' in event ? reduceStep(deployment, event) : reduceWhole(deployment, event);
}

/** What may happen to a deployment that is over. */
const afterTheEnd: readonly DeploymentEvent['type'][] = ['retried', 'extended', 'expiry-warned', 'gone'];

/** Folds a whole history; undefined for an empty one. */
export function replay(events: Iterable<DeploymentEvent>): Deployment | undefined {
  let deployment: Deployment | undefined;
  for (const event of events) deployment = reduce(deployment, event);
  return deployment;
}

function begin(existing: Deployment | undefined, event: EventOf<'requested'>): Deployment {
  if (existing !== undefined) throw new EventRefusedError(`Deployment ${existing.id} was requested already`);
  const { type: _, at, ...request } = event;
  const steps = Object.fromEntries(stepsOf[event.action].map((step) => [step, { state: 'waiting', attempt: 0 }]));
  return { ...request, state: 'requested', requestedAt: at, approvals: [], steps, round: 0 };
}

type StepEventType =
  | 'step-started'
  | 'step-progress'
  | 'step-retried'
  | 'stack-event'
  | 'node-event'
  | 'step-finished'
  | 'step-failed';
type WholeEvent = Exclude<DeploymentEvent, { type: StepEventType | 'requested' }>;

const allowedFrom: Record<WholeEvent['type'], readonly DeploymentState[]> = {
  planned: ['requested'],
  'approval-requested': ['planned'],
  approved: ['awaiting-approval'],
  reminded: ['awaiting-approval'],
  changed: ['awaiting-approval'],
  denied: ['requested', 'planned', 'awaiting-approval'],
  expired: ['awaiting-approval'],
  cancelled: ['requested', 'planned', 'awaiting-approval', 'queued', 'running'],
  queued: ['planned', 'awaiting-approval', 'queued', 'running'],
  awaited: ['requested', 'planned', 'awaiting-approval', 'queued', 'running'],
  retried: ['failed'],
  extended: ['succeeded', 'failed', 'cancelled'],
  'expiry-warned': ['succeeded', 'failed', 'cancelled'],
  gone: ['succeeded', 'failed', 'cancelled'],
  succeeded: ['running'],
  failed: ['requested', 'planned', 'awaiting-approval', 'queued', 'running'],
};

function reduceWhole(deployment: Deployment, event: WholeEvent): Deployment {
  if (!allowedFrom[event.type].includes(deployment.state)) {
    throw new EventRefusedError(
      `Deployment ${deployment.id} is ${deployment.state}; "${event.type}" cannot happen now`,
    );
  }
  switch (event.type) {
    case 'planned':
      return { ...deployment, state: 'planned', plan: event.plan };
    case 'approval-requested':
      return { ...deployment, state: 'awaiting-approval', approvalUntil: event.until };
    case 'approved':
      return { ...deployment, approvals: [...deployment.approvals, { by: event.by, at: event.at }] };
    case 'reminded':
      return { ...deployment, remindedAt: event.at };
    case 'changed':
      return askAnew(deployment, event);
    case 'queued':
      return { ...deployment, state: 'queued', round: event.round };
    case 'awaited':
      return { ...deployment, awaitedBy: [...(deployment.awaitedBy ?? []), event.by] };
    case 'retried':
      return takeUpAgain(deployment, event);
    case 'extended':
      return { ...deployment, expiry: { until: event.until, since: event.at } };
    case 'expiry-warned':
      return deployment.expiry === undefined
        ? deployment
        : { ...deployment, expiry: { ...deployment.expiry, warnedMs: event.leftMs } };
    case 'gone':
      return endWith(deployment, event.at);
    default:
      return finish(deployment, event);
  }
}

/** Nothing of the cluster is left that could end by itself, or be tried again. */
function endWith(deployment: Deployment, goneAt: number): Deployment {
  const { expiry: _, ...rest } = deployment;
  return { ...rest, goneAt };
}

/** As if the other had been asked for from the start: there is no plan of it yet, and nobody has approved it. */
function askAnew(deployment: Deployment, { by, spec }: EventOf<'changed'>): Deployment {
  const { plan: _p, approvalUntil: _u, remindedAt: _r, ...rest } = deployment;
  return { ...rest, state: 'requested', spec, approvals: [], revision: (deployment.revision ?? 0) + 1, changedBy: by };
}

function finish(
  deployment: Deployment,
  event: EventOf<'denied' | 'expired' | 'cancelled' | 'succeeded' | 'failed'>,
): Deployment {
  const expiry = leavesCluster(deployment) ? firstExpiry(deployment.spec, event.at) : undefined;
  const finished = { ...deployment, state: event.type, finishedAt: event.at, ...(expiry && { expiry }) };
  if (event.type === 'denied') {
    return { ...finished, deniedBy: event.by, ...(event.reason !== undefined && { deniedBecause: event.reason }) };
  }
  if (event.type === 'cancelled') return { ...finished, cancelledBy: event.by };
  if (event.type !== 'failed') return finished;
  return { ...finished, failure: event.failure, ...(event.step && { failedStep: event.step }) };
}

/** True for a deployment that ends with something in the cloud: a cluster, or what there is of one. */
function leavesCluster({ action, steps }: Deployment): boolean {
  return action === 'up' && (steps.stack?.attempt ?? 0) > 0;
}

/** As if what is not finished had not been begun, but for the numbers of its attempts, by which old ones stay refused. */
function takeUpAgain(deployment: Deployment, { by, at, round, fence }: EventOf<'retried'>): Deployment {
  const { failure: _f, failedStep: _s, finishedAt: _at, expiry: _e, awaitedBy: _w, ...rest } = deployment;
  const steps = Object.entries(deployment.steps).map(([step, record]) => [step, unbegun(record)]);
  const retries = [...(deployment.retries ?? []), { by, at }];
  return { ...rest, state: 'queued', round, fence, retries, steps: Object.fromEntries(steps) };
}

function unbegun(record: StepRecord): StepRecord {
  if (record.state === 'done') return record;
  const leftover = record.marker ?? record.leftover;
  return { state: 'waiting', attempt: record.attempt, ...(leftover !== undefined && { leftover }) };
}

function reduceStep(deployment: Deployment, event: Extract<DeploymentEvent, { type: StepEventType }>): Deployment {
  const record = currentStep(deployment, event.step);
  if (event.type === 'step-started') {
    if (event.attempt !== record.attempt + 1) throw stale(deployment, event.step, event.attempt);
    const startedAt = record.startedAt ?? event.at;
    return withStep(deployment, event.step, { ...record, state: 'running', attempt: event.attempt, startedAt });
  }
  if (event.attempt !== record.attempt || record.state !== 'running')
    throw stale(deployment, event.step, event.attempt);
  switch (event.type) {
    case 'step-progress':
      return withStep(deployment, event.step, {
        ...record,
        progress: event.progress,
        ...(event.marker !== undefined && { marker: event.marker }),
      });
    case 'step-finished':
      return withStep(deployment, event.step, { ...record, state: 'done', finishedAt: event.at, result: event.result });
    case 'step-failed':
      return withStep(deployment, event.step, {
        ...record,
        state: 'failed',
        finishedAt: event.at,
        failure: event.failure,
      });
    default:
      return deployment;
  }
}

function currentStep(deployment: Deployment, step: StepName): StepRecord {
  const record = deployment.steps[step];
  if (record === undefined) throw new EventRefusedError(`Deployment ${deployment.id} has no step "${step}"`);
  if (deployment.state !== 'queued' && deployment.state !== 'running') {
    throw new EventRefusedError(`Deployment ${deployment.id} is ${deployment.state}; step "${step}" cannot run now`);
  }
  return record;
}

function withStep(deployment: Deployment, step: StepName, record: StepRecord): Deployment {
  return { ...deployment, state: 'running', steps: { ...deployment.steps, [step]: record } };
}

function stale(deployment: Deployment, step: StepName, attempt: number): EventRefusedError {
  return new EventRefusedError(`Attempt ${attempt} of step "${step}" of ${deployment.id} has been superseded`);
}
