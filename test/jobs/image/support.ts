import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { image } from '../../../jobs/image.ts';
import { isAgain, type Run } from '../../../jobs/run.ts';
import type { ImageSpec } from '../../../src/clusters/cluster-spec.ts';
import type { Deployment, StepProgress } from '../../../src/clusters/deployment.ts';
import type { StepResults } from '../../../src/clusters/steps.ts';
import { silentLogger } from '../../../src/log.ts';
import type { OpenStack } from '../../../src/openstack/openstack.ts';
import type { Mutex } from '../../../src/store/mutex.ts';
import { deploymentAfter, requestedStaging } from '../../support/fixtures.ts';

/** One deployment's step `image`, run as a worker runs it: look after look, in one attempt. */
export interface ImageStep {
  readonly deployment: Deployment;
  /** What it said, the same text once. */
  readonly said: string[];
  /** One look. */
  look(): ReturnType<typeof image>;
  /** Looks until it is done. */
  finish(): Promise<StepResults['image']>;
  /** Breaks off the running look, as a worker does that shuts down. */
  stop(): void;
}

export interface ImageStepOptions {
  readonly openstack: OpenStack;
  /** Who keeps deployments from making the same image side by side. */
  readonly mutex?: Mutex;
  readonly wanted: ImageSpec;
  /** Deployments that the store knows. */
  readonly known?: readonly Deployment[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A deployment of an earlier attempt, and its number. */
  readonly id?: string;
  readonly attempt?: number;
}

/** What one deployment's step is called with, and what it says. */
export function runOf(options: ImageStepOptions): { run: Run; said: string[]; stop: AbortController } {
  const { openstack, mutex, wanted, known = [], environment = {}, attempt = 1 } = options;
  const made = deploymentAfter(requestedStaging);
  const id = options.id ?? `staging-${randomUUID().slice(0, 8)}`;
  const deployment = { ...made, id, spec: { ...made.spec, image: wanted } };
  const said: string[] = [];
  const say = ({ text }: StepProgress): void => {
    if (said.at(-1) !== text) said.push(text);
  };
  const stop = new AbortController();
  let marker: string | undefined;
  const step = {
    attempt,
    startedAt: Date.now(),
    get marker() {
      return marker;
    },
    report: async (progress: StepProgress, more: { marker?: string } = {}) => {
      say(progress);
      marker = more.marker ?? marker;
    },
    tick: say,
    checkpoint: async () => undefined,
    again: ({ afterSeconds }: { afterSeconds: number }) => ({ again: true, afterSeconds }) as const,
  };
  const deployments = { find: async (id: string) => known.find((one) => one.id === id) };
  const tools = { mutex, environment, deployments };
  const run = { deployment, openstack, step, tools, signal: stop.signal, log: silentLogger() } as unknown as Run;
  return { run, said, stop };
}

/** A step of a new deployment, or of one that is given. */
export function imageStep(options: ImageStepOptions): ImageStep {
  const { run, said, stop } = runOf(options);
  return {
    deployment: run.deployment,
    said,
    look: () => image(run),
    async finish() {
      for (;;) {
        const outcome = await image(run);
        if (!isAgain(outcome)) return outcome;
        await sleep(50);
      }
    },
    stop: () => stop.abort(new Error('the worker is shutting down')),
  };
}
