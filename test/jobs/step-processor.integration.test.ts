import { FlowProducer, Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flowJobs } from '../../jobs/flows.ts';
import type { Step, Tools } from '../../jobs/run.ts';
import { processStep, type StepSignals } from '../../jobs/step-processor.ts';
import { fail, finishStep, requeue, startStep } from '../../src/clusters/decisions.ts';
import type { Deployment, DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { isStepName, type StepName, type StepResults, stepsOf } from '../../src/clusters/steps.ts';
import { DeployError } from '../../src/errors.ts';
import { silentLogger } from '../../src/log.ts';
import { queueNames, queuePrefix } from '../../src/queue/jobs.ts';
import { type DeploymentRequest, Deployments } from '../../src/store/deployments.ts';
import { approveStaging, clusterRecord, oneApproval, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

type Steps = { [Name in StepName]?: Step<Name> };

const results = {
  build: {
    version: 'v1.34.2',
    commit: 'abc',
    artifact: 'a',
    made: true,
    object: { kind: 'kubernetes', name: 'n', object: 'o', size: 1, sha256: 's' },
  },
  publish: { container: 'c', release: 'r', objects: [], sent: 0 },
  image: { id: 'i', name: 'n', uploaded: true },
  keypair: { name: 'k', imported: true },
  credential: { container: 'c', kind: 'none' },
  stack: { id: 's', name: 'slipway-staging', apiAddress: 'a', apiUrl: 'u', nodes: [] },
  verify: { apiUrl: 'u' },
  drain: { nodes: [], evicted: 0 },
  resize: { nodes: [], added: [], removed: [] },
  upgrade: { version: 'v1', servers: [] },
  purge: { loadBalancers: 0, floatingIps: 0, securityGroups: 0, volumes: [] },
  'delete-stack': { existed: true },
  'clean-up': { credentials: 0, objects: 0 },
} satisfies StepResults;

describe('a step that a worker runs', () => {
  let redis: Redis;
  let connection: Redis;
  let deployments: Deployments;
  let workers: Worker[];
  let shutdown: AbortController;
  let over: AbortController;

  beforeEach(async () => {
    const url = await freshRedisUrl();
    redis = new Redis(url);
    connection = new Redis(url, { maxRetriesPerRequest: null });
    deployments = new Deployments(redis, async () => undefined);
    workers = [];
    shutdown = new AbortController();
    over = new AbortController();
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    connection.disconnect();
    redis.disconnect();
  });

  /** Workers like the real ones, but for the steps that are given; all others succeed at once. */
  function serve(steps: Steps): void {
    const tools = { deployments, log: silentLogger() } as Tools;
    const signals: StepSignals = { shutdown: shutdown.signal, job: new AbortController().signal, over: over.signal };
    const process = async (job: Job, token = '') => {
      if (!isStepName(job.name)) return;
      const name = job.name;
      const step = (steps[name] ?? (async () => results[name])) as Step;
      await processStep(name, step, job, token, signals, tools, { tries: 2, firstWaitMs: 20 });
    };
    workers = queueNames.map(
      (queue) => new Worker(queue, process, { connection, prefix: queuePrefix, concurrency: 5, drainDelay: 1 }),
    );
  }

  async function enqueue(): Promise<string> {
    const deployment = await approveStaging(deployments);
    await new FlowProducer({ connection, prefix: queuePrefix }).add(flowJobs(deployment));
    return deployment.id;
  }

  async function until(id: string, reached: (deployment: Deployment) => boolean): Promise<Deployment> {
    let deployment = await deployments.get(id);
    await expect
      .poll(
        async () => {
          deployment = await deployments.get(id);
          return reached(deployment);
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    return deployment;
  }

  it('brings the deployment to its end, each step after what it needs', async () => {
    const order: string[] = [];
    const note = (name: string) => async () => {
      order.push(name);
      return results[name as StepName] as never;
    };
    serve({ build: note('build'), publish: note('publish'), stack: note('stack'), verify: note('verify') });

    const { state } = await until(await enqueue(), (deployment) => deployment.state === 'succeeded');

    expect(state).toBe('succeeded');
    expect(order).toEqual(['build', 'publish', 'stack', 'verify']);
  });

  describe('the last of a tear-down', () => {
    /** A cluster that came up and was scaled, and whose tear-down may begin. */
    async function tearingDown(): Promise<{ up: string; scale: string; denied: string; down: Deployment }> {
      const { id: up } = await approveStaging(deployments);
      const cancelled = { type: 'cancelled', by: 'U1' } as const;
      const begun = [
        { type: 'planned', plan: { lines: [], warnings: [] } },
        { type: 'queued', round: 1 },
      ] as const;
      await deployments.change(up, () => [cancelled]);
      const before = clusterRecord('up', up);
      const scale = await asked({ action: 'scale', before }, ...begun, cancelled);
      const denied = await asked({ action: 'scale', before }, cancelled);
      const down = await asked({ action: 'down', maker: up }, ...begun);
      return { up, scale: scale.id, denied: denied.id, down };
    }

    async function asked(
      what: Pick<DeploymentRequest, 'action' | 'before' | 'maker'>,
      ...events: readonly DeploymentEventBody[]
    ): Promise<Deployment> {
      const common = { spec: stagingSpec, requestedBy: 'U1', channel: 'C1', terms: oneApproval };
      const outcome = await deployments.request({ ...common, ...what });
      if (outcome.kind !== 'accepted') throw new Error('staging is busy');
      return (await deployments.change(outcome.deployment.id, () => events)).deployment;
    }

    async function gone(...ids: string[]): Promise<boolean[]> {
      return Promise.all(ids.map(async (id) => (await deployments.get(id)).goneAt !== undefined));
    }

    it('has what made the cluster and what changed it say that it is gone', async () => {
      const { up, scale, denied, down } = await tearingDown();
      serve({});

      await new FlowProducer({ connection, prefix: queuePrefix }).add(flowJobs(down));

      await expect.poll(() => gone(up, scale), { timeout: 10_000 }).toEqual([true, true]);
      expect(await gone(denied, down.id)).toEqual([false, false]);
    });

    it('has them say so by the next worker when one dies right after the end', async () => {
      const { up, scale, down } = await tearingDown();
      for (const name of stepsOf.down) {
        await deployments.change(down.id, startStep(name));
        await deployments.change(down.id, finishStep(name, 1, results[name]));
      }
      expect(await gone(up, scale)).toEqual([false, false]);
      serve({});

      await new FlowProducer({ connection, prefix: queuePrefix }).add(flowJobs(down));

      await expect.poll(() => gone(up, scale), { timeout: 10_000 }).toEqual([true, true]);
    });
  });

  it('goes on in the same attempt when it was put off', async () => {
    const attempts: number[] = [];
    const markers: (string | undefined)[] = [];
    serve({
      async keypair({ step }) {
        attempts.push(step.attempt);
        markers.push(step.marker);
        if (attempts.length === 3) return results.keypair;
        await step.report({ text: 'waiting' }, { marker: `place-${attempts.length}` });
        return step.again({ afterSeconds: 0.01 });
      },
    });

    const { steps } = await until(await enqueue(), ({ state }) => state === 'succeeded');

    expect(attempts).toEqual([1, 1, 1]);
    expect(markers).toEqual([undefined, 'place-1', 'place-2']);
    expect(steps.keypair?.attempt).toBe(1);
  });

  it('tries again what may pass, and tells of it', async () => {
    let tries = 0;
    serve({
      async image() {
        tries += 1;
        if (tries === 1) throw new DeployError('busy', 'Glance is out of breath', { retryable: true });
        return results.image;
      },
    });

    const id = await enqueue();
    const { steps } = await until(id, ({ state }) => state === 'succeeded');
    const events = await deployments.events(id);

    expect(steps.image?.attempt).toBe(2);
    expect(events.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ type: 'step-retried', failure: { message: 'Glance is out of breath', code: 'busy' } }),
    );
  });

  it('counts only failures in a row: a good look in between begins anew', async () => {
    let looks = 0;
    serve({
      async keypair({ step }) {
        looks += 1;
        if (looks === 6) return results.keypair;
        if (looks % 2 === 1) throw new DeployError('busy', 'Nova is out of breath', { retryable: true });
        return step.again({ afterSeconds: 0.01 });
      },
    });

    const { state } = await until(await enqueue(), (deployment) => ['succeeded', 'failed'].includes(deployment.state));

    expect(state).toBe('succeeded');
  });

  it('leaves the jobs of an older round without effect', async () => {
    const id = await enqueue();
    await deployments.change(id, startStep('build'));
    await deployments.change(id, requeue(1));
    let calls = 0;
    serve({
      async keypair() {
        calls += 1;
        return results.keypair;
      },
    });
    const job = await Job.fromId(new Queue('cloud', { connection, prefix: queuePrefix }), `${id}-r1-verify`);
    await expect.poll(() => job?.getState(), { timeout: 5_000 }).not.toBe('waiting-children');

    expect(calls).toBe(0);
    expect(await deployments.get(id)).toMatchObject({ state: 'queued', round: 2 });
  });

  it('fails the deployment when trying again did not help', async () => {
    serve({
      async image() {
        throw new DeployError('busy', 'Glance is out of breath', { retryable: true, hint: 'Wait' });
      },
    });

    const deployment = await until(await enqueue(), ({ state }) => state === 'failed');

    expect(deployment).toMatchObject({
      failedStep: 'image',
      failure: { message: 'Glance is out of breath', hint: 'Wait', code: 'busy' },
      steps: { image: { state: 'failed', attempt: 2 } },
    });
    expect(await deployments.lock('staging')).toBeUndefined();
  });

  it('does not try again what will not pass', async () => {
    let tries = 0;
    serve({
      async keypair() {
        tries += 1;
        throw new DeployError('name_taken', 'Another key has that name');
      },
    });

    const { failure } = await until(await enqueue(), ({ state }) => state === 'failed');

    expect(failure?.message).toBe('Another key has that name');
    expect(tries).toBe(1);
  });

  it('shows a job to look up in place of an error that nobody meant for people', async () => {
    serve({
      async keypair() {
        throw new TypeError("Cannot read properties of undefined (reading 'secret')");
      },
    });

    const { id, failure } = await until(await enqueue(), ({ state }) => state === 'failed');

    expect(failure?.message).toBe(`Something unexpected happened (job ${id}-r1-keypair)`);
    expect(failure?.code).toBe('unexpected');
  });

  it('begins a new attempt after a worker died in it, and the dead one can write no more', async () => {
    const id = await enqueue();
    await deployments.change(id, startStep('keypair'));
    const late: unknown[] = [];
    serve({
      async keypair({ step, deployment }) {
        await deployments
          .change(deployment.id, () => [
            { type: 'step-progress', step: 'keypair', attempt: 1, progress: { text: 'I am not dead' } },
          ])
          .catch((error: unknown) => late.push(error));
        expect(step.attempt).toBe(2);
        return results.keypair;
      },
    });

    await until(id, ({ state }) => state === 'succeeded');

    expect(late).toHaveLength(1);
    expect(String(late[0])).toContain('superseded');
  });

  it('stops at its next checkpoint when the deployment has ended meanwhile', async () => {
    let made = false;
    let stopped = false;
    serve({
      async keypair({ step, deployment }) {
        await deployments.change(deployment.id, fail({ message: 'Enough', code: 'enough' }));
        await step.checkpoint().catch((error: unknown) => {
          stopped = true;
          throw error;
        });
        made = true;
        return results.keypair;
      },
    });

    const { failure } = await until(await enqueue(), ({ state }) => state === 'failed');
    await expect.poll(() => stopped).toBe(true);

    expect(made).toBe(false);
    expect(failure?.message).toBe('Enough');
  });

  it('hands itself over when its worker shuts down', async () => {
    let runs = 0;
    serve({
      async keypair({ signal }) {
        runs += 1;
        if (runs > 1) return results.keypair;
        shutdown.abort(new Error('shutting down'));
        signal.throwIfAborted();
        return results.keypair;
      },
    });

    const id = await enqueue();
    const { steps } = await until(id, ({ state }) => state === 'succeeded');
    const events = await deployments.events(id);

    expect(steps.keypair).toMatchObject({ state: 'done', attempt: 2 });
    expect(events.some(({ event }) => event.type === 'step-retried')).toBe(false);
  });
});
