import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../../jobs/build.ts';
import { publish } from '../../../jobs/publish.ts';
import { isAgain, type Run, type Tools } from '../../../jobs/run.ts';
import type { ClusterSpec } from '../../../src/clusters/cluster-spec.ts';
import type { Deployment, StepProgress } from '../../../src/clusters/deployment.ts';
import type { BuildResult, PublishResult } from '../../../src/clusters/steps.ts';
import { silentLogger } from '../../../src/log.ts';
import type { OpenStack } from '../../../src/openstack/openstack.ts';
import { deploymentAfter, requestedStaging, stagingSpec } from '../../support/fixtures.ts';

/** What one run of a step is made of. */
export interface RunOptions {
  readonly openstack: OpenStack;
  /** What of a worker the test has; the rest is as small as can be. */
  readonly tools?: Partial<Tools>;
  readonly spec?: Partial<ClusterSpec>;
  /** The commit that the plan says. */
  readonly commit?: string;
  /** A deployment of an earlier attempt, and the number of this one. */
  readonly id?: string;
  readonly attempt?: number;
  readonly log?: Run['log'];
}

/** The steps of one deployment that make its release, run as a worker runs them: look after look, in one attempt. */
export interface ReleaseSteps {
  readonly id: string;
  /** What they said, the same text once. */
  readonly said: StepProgress[];
  /** One look of the step `build`. */
  look(): ReturnType<typeof build>;
  /** Looks until it is done. */
  build(): Promise<BuildResult>;
  publish(built: BuildResult): Promise<PublishResult>;
  /** Breaks off the running step, as a worker does that shuts down. */
  stop(): void;
}

/** Deployments that nobody else knows. */
const nobody = { find: async () => undefined, recent: async () => [] } as unknown as Tools['deployments'];

/** The steps of a new deployment, or of one that is given. */
export function releaseSteps(options: RunOptions): ReleaseSteps {
  const { openstack, spec, commit, attempt = 1, log = silentLogger() } = options;
  const id = options.id ?? `staging-${randomUUID().slice(0, 8)}`;
  const made = deploymentAfter(requestedStaging);
  const plan = { lines: [], warnings: [], ...(commit !== undefined && { commit }) };
  const deployment: Deployment = { ...made, id, plan, spec: { ...stagingSpec, ...spec } };
  const said: StepProgress[] = [];
  const say = (progress: StepProgress): void => {
    if (said.at(-1)?.text === progress.text) said.pop();
    said.push(progress);
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
  const tools = {
    deployments: nobody,
    environment: { PATH: process.env.PATH, HOME: process.env.HOME },
    secrets: [],
    keepReleasesMs: 7 * 24 * 3_600_000,
    states: resolve('templates/salt'),
    ...options.tools,
  } as unknown as Tools;
  const run = { deployment, openstack, step, tools, signal: stop.signal, log } as unknown as Run;
  return {
    id,
    said,
    look: () => build(run),
    async build() {
      for (;;) {
        const outcome = await build(run);
        if (!isAgain(outcome)) return outcome;
        await sleep(50);
      }
    },
    publish: (built) => publish({ ...run, deployment: withBuild(deployment, built) }),
    stop: () => stop.abort(new Error('the worker is shutting down')),
  };
}

function withBuild(deployment: Deployment, result: BuildResult): Deployment {
  return { ...deployment, steps: { ...deployment.steps, build: { state: 'done', attempt: 1, result } } };
}
