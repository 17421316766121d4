import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { assertCurrent, failStep, finishStep, isCurrent, startStep } from '../src/clusters/decisions.ts';
import {
  type Deployment,
  type DeploymentEventBody,
  isTerminal,
  type StepProgress,
} from '../src/clusters/deployment.ts';
import { EventRefusedError } from '../src/clusters/reducer.ts';
import type { StepName, StepResults } from '../src/clusters/steps.ts';
import type { StepJob } from '../src/queue/jobs.ts';
import { failureOf, mayRetry } from './failures.ts';
import { markClusterGone } from './mark-cluster-gone.ts';
import { isAgain, type Run, type Step, type StepHandle, type Tools } from './run.ts';

/** Signals that end a step from outside. */
export interface StepSignals {
  /** The worker is shutting down: hand the step to another worker. */
  readonly shutdown: AbortSignal;
  /** BullMQ took the job away. */
  readonly job: AbortSignal;
  /** The deployment is over, whatever this step does. */
  readonly over: AbortSignal;
}

/** Milliseconds between two progress events of things that move all the time. */
const tickMs = 1_000;

/** How often in a row a step may fail with what may pass, and how long it waits: doubled from the first time on. */
export interface Patience {
  readonly tries: number;
  readonly firstWaitMs: number;
}

/** Five tries within half a minute. */
const defaultPatience: Patience = { tries: 5, firstWaitMs: 2_000 };

/**
 * Runs one step of a deployment: begins or continues its attempt, calls it, and turns its outcome into events. This is
 * the one boundary where a step's errors end: retried, told to the thread, or dropped because the deployment is over.
 */
export async function processStep<Name extends StepName>(
  name: Name,
  step: Step<Name>,
  job: Job<StepJob>,
  token: string,
  signals: StepSignals,
  tools: Tools,
  patience: Patience = defaultPatience,
): Promise<void> {
  const log = tools.log.child({ deployment: job.data.deployment, step: name, job: job.id });
  const handle = new Handle(name, job, token, tools, patience);
  try {
    const deployment = await handle.begin();
    if (deployment === undefined) return;
    const signal = AbortSignal.any([signals.shutdown, signals.job, signals.over, handle.refused]);
    const outcome = await step(new StepRun(deployment, handle, tools, signal, log));
    if (isAgain(outcome)) return await handle.putOff(outcome.afterSeconds * 1_000, { resume: handle.attempt });
    await handle.finish(outcome);
    log.info('step finished');
  } catch (error) {
    if (error instanceof DelayedError) throw error;
    await settle(error, handle, signals, log);
  }
}

/** What becomes of a step that did not end by itself. */
async function settle(error: unknown, handle: Handle, signals: StepSignals, log: Tools['log']): Promise<void> {
  if (await handle.hasNothingToDo()) {
    log.info({ reason: String(error) }, 'step dropped: its deployment is over or went on without it');
    return;
  }
  // Another attempt is at work on this very job, so its lock is lost; if it is not, BullMQ begins a new attempt.
  if (error instanceof EventRefusedError) throw error;
  await (signals.shutdown.aborted ? handle.putOff(0) : handle.fail(error, log));
}

class StepRun implements Run {
  readonly deployment: Deployment;
  readonly step: StepHandle;
  readonly tools: Tools;
  readonly signal: AbortSignal;
  readonly log: Tools['log'];

  constructor(deployment: Deployment, step: StepHandle, tools: Tools, signal: AbortSignal, log: Tools['log']) {
    this.deployment = deployment;
    this.step = step;
    this.tools = tools;
    this.signal = signal;
    this.log = log;
  }

  get openstack() {
    return this.tools.openstack(this.deployment.spec);
  }
}

class Handle implements StepHandle {
  attempt = 0;
  startedAt = 0;
  marker: string | undefined;

  readonly #name: StepName;
  readonly #job: Job<StepJob>;
  readonly #token: string;
  readonly #tools: Tools;
  readonly #patience: Patience;
  readonly #refused = new AbortController();
  #tickAt = 0;
  #ticking: Promise<unknown> = Promise.resolve();

  constructor(name: StepName, job: Job<StepJob>, token: string, tools: Tools, patience: Patience) {
    this.#name = name;
    this.#job = job;
    this.#token = token;
    this.#tools = tools;
    this.#patience = patience;
  }

  get #id(): string {
    return this.#job.data.deployment;
  }

  /** Fires when a report was refused: the deployment is over, or another attempt has taken over. */
  get refused(): AbortSignal {
    return this.#refused.signal;
  }

  /**
   * Continues the attempt that put the job off, or begins a new one. Undefined when there is nothing to do: the step is
   * done, the deployment is over, or its flow has been enqueued anew and this job is of the old one.
   */
  async begin(): Promise<Deployment | undefined> {
    const { resume, ...data } = this.#job.data;
    // Cleared before anything else, so that a crash from here on begins a new attempt.
    if (resume !== undefined) await this.#job.updateData(data);
    const current = await this.#tools.deployments.get(this.#id);
    // A worker may have died between the end of a deployment and what comes after it.
    await this.#markGone(current);
    if (isTerminal(current.state) || current.round !== data.round) return undefined;
    const continued = resume !== undefined && isCurrent(current, this.#name, resume);
    const deployment = continued ? current : await this.#beginAttempt();
    const record = deployment?.steps[this.#name];
    this.attempt = record?.attempt ?? 0;
    this.startedAt = record?.startedAt ?? Date.now();
    this.marker = record?.marker;
    return deployment;
  }

  async #beginAttempt(): Promise<Deployment | undefined> {
    const started = await this.#tools.deployments.change(this.#id, startStep(this.#name));
    return started.changed ? started.deployment : undefined;
  }

  async report(
    progress: StepProgress,
    { marker, events = [] }: { marker?: string; events?: readonly DeploymentEventBody[] } = {},
  ): Promise<void> {
    const base = { type: 'step-progress', step: this.#name, attempt: this.attempt, progress } as const;
    await this.#append([...events, marker === undefined ? base : { ...base, marker }]);
    if (marker !== undefined) this.marker = marker;
  }

  tick(progress: StepProgress): void {
    if (Date.now() - this.#tickAt < tickMs) return;
    this.#tickAt = Date.now();
    this.#ticking = this.#ticking
      .then(() => this.report(progress))
      .catch((error: unknown) => {
        // Progress is worth nothing by itself and may be lost; but who is refused must stop.
        if (error instanceof EventRefusedError) this.#refused.abort(error);
      });
  }

  async checkpoint(): Promise<void> {
    assertCurrent(await this.#tools.deployments.get(this.#id), this.#name, this.attempt);
  }

  again({ afterSeconds }: { afterSeconds: number }) {
    return { again: true, afterSeconds } as const;
  }

  async finish(result: StepResults[StepName]): Promise<void> {
    await this.#ticking;
    const { deployment } = await this.#tools.deployments.change(this.#id, finishStep(this.#name, this.attempt, result));
    await this.#markGone(deployment);
  }

  /** No other card of a cluster that is down is to go on saying that it is up. */
  async #markGone({ cluster, action, state, maker }: Deployment): Promise<void> {
    if (action === 'down' && state === 'succeeded' && maker !== undefined)
      await markClusterGone(cluster, maker, this.#tools);
  }

  /** Lets the job sleep in Redis. What must survive is written first: a crash in between repeats a look, no more. */
  async putOff(ms: number, more: Pick<StepJob, 'resume' | 'failures'> = {}): Promise<never> {
    const { deployment, round } = this.#job.data;
    await this.#job.updateData({ deployment, round, ...more });
    await this.#job.moveToDelayed(Date.now() + ms, this.#token);
    throw new DelayedError();
  }

  /** True when the job may end as if it had succeeded, because nothing waits for what it did not do. */
  async hasNothingToDo(): Promise<boolean> {
    const current = await this.#tools.deployments.find(this.#id);
    return current === undefined || isTerminal(current.state) || current.round !== this.#job.data.round;
  }

  /** Tells the deployment of the failure, and tries again later or ends it. */
  async fail(error: unknown, log: Tools['log']): Promise<never> {
    await this.#ticking;
    const failure = failureOf(error, this.#job.id);
    const failures = (this.#job.data.failures ?? 0) + 1;
    log.error({ err: error, attempt: this.attempt, failures }, 'step failed');
    if (mayRetry(error) && failures < this.#patience.tries) {
      await this.#tell([{ type: 'step-retried', step: this.#name, attempt: this.attempt, failure }]);
      return this.putOff(this.#patience.firstWaitMs * 2 ** (failures - 1), { failures });
    }
    await this.#tell(failStep(this.#name, this.attempt, failure));
    const final = new UnrecoverableError(failure.message);
    final.cause = error;
    throw final;
  }

  async #append(events: readonly DeploymentEventBody[]): Promise<void> {
    await this.#tools.deployments.change(this.#id, () => events);
  }

  /** The deployment may have ended, or another attempt taken over, while this one was failing: then nothing is left to say. */
  async #tell(events: readonly DeploymentEventBody[]): Promise<void> {
    await this.#append(events).catch((error: unknown) => {
      if (!(error instanceof EventRefusedError)) throw error;
    });
  }
}
