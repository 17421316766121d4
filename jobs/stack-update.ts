import type { DeploymentEventBody, StepProgress } from '../src/clusters/deployment.ts';
import type { StepName } from '../src/clusters/steps.ts';
import { StackFailedError } from '../src/errors.ts';
import { listStackEvents } from '../src/openstack/heat/events.ts';
import type { StackResource } from '../src/openstack/heat/resources.ts';
import type { StackSummary } from '../src/openstack/heat/stack.ts';
import { type StackRef, updateStack } from '../src/openstack/heat/stacks.ts';
import type { Again, Run } from './run.ts';
import { heatGraceMs, stackTimeoutMinutes } from './stack.ts';
import { explainFailure, nestedDepth } from './stack-failure.ts';
import { milestonesIn, readStackNews, type StackNews } from './stack-news.ts';
import { defaultGraceMs, isWithoutEffect } from './stack-request.ts';
import { pollSeconds } from './stack-watches.ts';

/** What a step remembers of an update from one look to the next. */
export interface UpdateMarker {
  /** The stack's id. */
  readonly stack: string;
  /** When Heat had begun its last update before this one, in milliseconds since the epoch; 0 for never. */
  readonly updatedAt: number;
  /** How often Heat has been asked, and when last, in milliseconds since the epoch. */
  readonly requests: number;
  readonly sentAt: number;
  /** Id of the last event that was told. */
  readonly place: string;
  /** Heat has been seen to begin, by an event of it: its times are those of seconds, in which two updates may begin. */
  readonly begun?: true;
}

/** An update of a cluster's stack, in the terms of the step that wants it. */
export interface StackUpdate {
  readonly step: StepName;
  readonly ref: StackRef;
  readonly marker: UpdateMarker;
  /** Only what changes: Heat keeps the others, the hidden ones, too. */
  readonly parameters: () => Promise<Readonly<Record<string, unknown>>>;
  /** What Heat makes of the stack, as the end of a sentence: `3 nodes`. */
  readonly what: string;
  readonly progress: (resources: readonly StackResource[]) => StepProgress;
  /** What to do after a failure. */
  readonly hint: string;
  /** Writes down how far this is. */
  readonly note: (
    marker: UpdateMarker,
    progress: StepProgress,
    events?: readonly DeploymentEventBody[],
  ) => Promise<void>;
}

/** After that many requests without an answer and without an update, one more helps nobody. */
const maxRequests = 3;

/** The marker of an update that is about to be asked for, of a stack at rest. */
export async function newUpdate(run: Run, stack: StackSummary): Promise<UpdateMarker> {
  const events = await listStackEvents(run.openstack.heat, stack, { nestedDepth }, run.signal);
  const place = events.at(-1)?.id ?? '';
  return { stack: stack.id, updatedAt: updatedAt(stack), requests: 0, sentAt: 0, place };
}

/**
 * Has Heat change a stack, and follows that to its end: once, whoever dies in between, since a stack says when it was last
 * changed. Answers nothing once it is complete.
 *
 * @throws StackFailedError for one that failed, in words, and when Heat does not begin.
 */
export async function followUpdate(run: Run, update: StackUpdate): Promise<Again | undefined> {
  const { deployment, step, tools, signal } = run;
  const { ref, marker } = update;
  const read = () => readStackNews(run, ref, marker.place);
  const { stack, news } = await tools.stackWatch(deployment.spec).look(ref, read, signal);
  if (stack === undefined || stack.action === 'DELETE') throw wasDeleted(ref);
  const begun = hasBegun(stack, marker, news);
  if (news !== undefined && marker.requests > 0) {
    const events = milestonesIn(news, update.step, step.attempt);
    const next = { ...marker, place: news.place, ...(begun && ({ begun: true } as const)) };
    await update.note(next, update.progress(news.resources), events);
  }
  if (stack.state === 'IN_PROGRESS') return wait(run, update);
  if (!begun) return ask(run, update);
  if (stack.state === 'FAILED') throw await couldNotUpdate(run, update, stack.statusReason);
  return undefined;
}

function hasBegun(stack: StackSummary, marker: UpdateMarker, news: StackNews | undefined): boolean {
  if (marker.requests === 0) return false;
  if (marker.begun || updatedAt(stack) !== marker.updatedAt) return true;
  return news?.events.some((event) => event.ofStack && event.stack.id === stack.id) ?? false;
}

function wait({ deployment, step }: Run, { ref, marker }: StackUpdate): Again {
  const giveUpMs = stackTimeoutMinutes(deployment) * 60_000 + heatGraceMs;
  if (marker.requests > 0 && Date.now() - marker.sentAt > giveUpMs) throw heatIsStuck(ref);
  return step.again({ afterSeconds: pollSeconds });
}

/** Notes before that it does: an answer may get lost, and Heat take its time until it begins. */
async function ask(run: Run, update: StackUpdate): Promise<Again> {
  const { deployment, openstack, step, tools, signal } = run;
  const { ref, marker, what } = update;
  const mayStillBegin = Date.now() - marker.sentAt < (tools.stackGraceMs ?? defaultGraceMs);
  if (marker.requests > 0 && mayStillBegin) return step.again({ afterSeconds: pollSeconds });
  if (marker.requests >= maxRequests) throw heatDoesNotBegin(ref, marker.requests);
  const parameters = await update.parameters();
  await step.checkpoint();
  await update.note(
    { ...marker, requests: marker.requests + 1, sentAt: Date.now() },
    { text: `asking Heat for ${what}` },
  );
  try {
    await updateStack(openstack.heat, ref, { parameters, timeoutMinutes: stackTimeoutMinutes(deployment) }, signal);
  } catch (error) {
    // Without the note the next attempt need not wait.
    if (isWithoutEffect(error)) await update.note(marker, { text: `Heat has not begun with ${what}` });
    throw error;
  }
  return step.again({ afterSeconds: pollSeconds });
}

function updatedAt(stack: StackSummary): number {
  return stack.updatedAt?.getTime() ?? 0;
}

function wasDeleted({ name, id }: StackRef): StackFailedError {
  return new StackFailedError(`The Heat stack ${name} is gone, or is being deleted`, {
    hint: 'Find out who deleted it. What is left of the cluster can be torn down',
    detail: { stack: id },
  });
}

function heatIsStuck({ name, id }: StackRef): StackFailedError {
  return new StackFailedError(`Heat has been changing ${name} for longer than its own time-out`, {
    hint: 'Ask the cloud’s operators whether heat-engine runs; then try again',
    detail: { stack: id },
  });
}

function heatDoesNotBegin({ name, id }: StackRef, requests: number): StackFailedError {
  return new StackFailedError(`Heat was asked ${requests} times to change ${name}, and did not begin`, {
    hint: 'Ask the cloud’s operators to look at Heat and at the proxy before it; then try again',
    detail: { stack: id },
  });
}

async function couldNotUpdate(run: Run, update: StackUpdate, statusReason: string): Promise<StackFailedError> {
  const { ref, what, hint } = update;
  const { reason, excerpt, detail } = await explainFailure(run, ref, statusReason);
  return new StackFailedError(`Heat could not bring ${ref.name} to ${what}: ${reason}`, {
    hint,
    excerpt,
    detail: { stack: ref.id, ...detail },
  });
}
