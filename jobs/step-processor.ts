import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { assertCurrent, failStep, finishStep, startStep } from '../src/clusters/decisions.ts';
import type { Deployment, DeploymentEventBody, StepProgress } from '../src/clusters/deployment.ts';
import { EventRefusedError } from '../src/clusters/reducer.ts';
import type { StepName, StepResults } from '../src/clusters/steps.ts';
import type { StepJob } from '../src/queue/jobs.ts';
import { failureOf, isLastAttempt, mayRetry } from './failures.ts';
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
): Promise<void> {
  const log = tools.log.child({ deployment: job.data.deployment, step: name, job: job.id });
  const handle = new Handle(name, job.data.deployment, tools);
  try {
    const deployment = await handle.begin(job);
    if (deployment === undefined) return;
    const signal = AbortSignal.any([signals.shutdown, signals.job, signals.over]);
    const outcome = await step(new StepRun(deployment, handle, tools, signal, log));
    if (isAgain(outcome)) return await putOff(job, token, outcome.afterSeconds * 1_000, handle.attempt);
    await handle.finish(outcome);
    log.info('step finished');
  } catch (error) {
    if (error instanceof DelayedError) throw error;
    if (error instanceof EventRefusedError || signals.over.aborted) {
      log.info({ reason: String(error) }, 'step dropped: superseded or over');
      return;
    }
    await (signals.shutdown.aborted ? putOff(job, token, 0) : handle.fail(error, job, log));
  }
}

/** Lets the job sleep in Redis. What must survive is written first: a crash in between repeats a look, and loses nothing. */
async function putOff(job: Job<StepJob>, token: string, ms: number, resume?: number): Promise<never> {
  const { deployment } = job.data;
  await job.updateData(resume === undefined ? { deployment } : { deployment, resume });
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
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
    return this.tools.openstack(this.deployment.spec.cloud);
  }
}

class Handle implements StepHandle {
  attempt = 0;
  startedAt = 0;
  marker: string | undefined;

  readonly #name: StepName;
  readonly #id: string;
  readonly #tools: Tools;
  #tickAt = 0;
  #ticking: Promise<unknown> = Promise.resolve();

  constructor(name: StepName, id: string, tools: Tools) {
    this.#name = name;
    this.#id = id;
    this.#tools = tools;
  }

  /** Continues the attempt that put the job off, or begins a new one. Undefined when the step is done already. */
  async begin(job: Job<StepJob>): Promise<Deployment | undefined> {
    const { deployments } = this.#tools;
    let deployment = await deployments.get(this.#id);
    const { resume } = job.data;
    if (resume !== undefined) {
      // Cleared before anything else, so that a crash from here on begins a new attempt.
      await job.updateData({ deployment: this.#id });
      assertCurrent(deployment, this.#name, resume);
    } else {
      const started = await deployments.change(this.#id, startStep(this.#name));
      if (!started.changed) return undefined;
      deployment = started.deployment;
    }
    const record = deployment.steps[this.#name];
    this.attempt = record?.attempt ?? 0;
    this.startedAt = record?.startedAt ?? Date.now();
    this.marker = record?.marker;
    return deployment;
  }

  async report(progress: StepProgress, marker?: string): Promise<void> {
    const base = { type: 'step-progress', step: this.#name, attempt: this.attempt, progress } as const;
    await this.record([marker === undefined ? base : { ...base, marker }]);
    if (marker !== undefined) this.marker = marker;
  }

  tick(progress: StepProgress): void {
    if (Date.now() - this.#tickAt < tickMs) return;
    this.#tickAt = Date.now();
    // Progress is worth nothing by itself: a refused or lost one is found out by the next event that matters.
    this.#ticking = this.#ticking.then(() => this.report(progress)).catch(() => undefined);
  }

  async record(events: readonly DeploymentEventBody[]): Promise<void> {
    await this.#tools.deployments.change(this.#id, () => events);
  }

  async checkpoint(): Promise<void> {
    assertCurrent(await this.#tools.deployments.get(this.#id), this.#name, this.attempt);
  }

  again({ afterSeconds }: { afterSeconds: number }) {
    return { again: true, afterSeconds } as const;
  }

  async finish(result: StepResults[StepName]): Promise<void> {
    await this.#ticking;
    await this.#tools.deployments.change(this.#id, finishStep(this.#name, this.attempt, result));
  }

  /** Tells the deployment of the failure, and BullMQ whether to try again. */
  async fail(error: unknown, job: Job, log: Tools['log']): Promise<never> {
    await this.#ticking;
    const failure = failureOf(error, job.id);
    log.error({ err: error, attempt: this.attempt }, 'step failed');
    if (mayRetry(error) && !isLastAttempt(job)) {
      if (this.attempt > 0)
        await this.#tell({ type: 'step-retried', step: this.#name, attempt: this.attempt, failure });
      throw error;
    }
    await this.#tellEnd(failure);
    const final = new UnrecoverableError(failure.message);
    final.cause = error;
    throw final;
  }

  async #tellEnd(failure: DeploymentEndFailure): Promise<void> {
    await this.#tools.deployments.change(this.#id, failStep(this.#name, this.attempt, failure)).catch(ignoreRefusal);
  }

  async #tell(event: DeploymentEventBody): Promise<void> {
    await this.record([event]).catch(ignoreRefusal);
  }
}

type DeploymentEndFailure = ReturnType<typeof failureOf>;

/** The deployment ended, or another attempt took over, while this one was failing: nothing is left to say. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof EventRefusedError)) throw error;
}
