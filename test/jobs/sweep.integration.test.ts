import { FlowProducer, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flowJobs } from '../../jobs/flows.ts';
import type { Tools } from '../../jobs/run.ts';
import { sweep } from '../../jobs/sweep.ts';
import { change, recordPlan, startStep } from '../../src/clusters/decisions.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { silentLogger } from '../../src/log.ts';
import { queuePrefix } from '../../src/queue/jobs.ts';
import { Producer } from '../../src/queue/producer.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { approveStaging, oneApproval, requestStaging, stagingSpec } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

const plan = { lines: [], warnings: [] };
const inAMinute = () => Date.now() + 60_000;

describe('the sweep', () => {
  const log = silentLogger();
  let redis: Redis;
  let connection: Redis;
  let producer: Producer;
  let deployments: Deployments;
  let tools: Tools;

  beforeEach(async () => {
    const url = await freshRedisUrl();
    redis = new Redis(url);
    connection = new Redis(url, { maxRetriesPerRequest: null });
    producer = new Producer(url, log);
    deployments = new Deployments(redis, async () => undefined);
    tools = { deployments, clusters: new Clusters(redis), producer, log } as Tools;
  });
  afterEach(async () => {
    await producer.close();
    connection.disconnect();
    redis.disconnect();
  });

  async function running(): Promise<Deployment> {
    const { id } = await approveStaging(deployments);
    return (await deployments.change(id, startStep('build'))).deployment;
  }

  async function jobNames(queue: 'cloud' | 'notify'): Promise<string[]> {
    return (await producer.queue(queue).getWaiting()).map(({ name }) => name);
  }

  it('has a plan made for a request whose job was never enqueued, and only one', async () => {
    await requestStaging(deployments);

    await sweep(tools, Date.now());
    await sweep(tools, Date.now());

    expect(await jobNames('cloud')).toEqual(['plan']);
  });

  it('ends a request that nobody approved in time', async () => {
    const { id } = await requestStaging(deployments);
    await deployments.change(id, recordPlan(plan, Date.now()));

    await sweep(tools, Date.now());
    const before = await deployments.get(id);
    await sweep(tools, Date.now() + oneApproval.withinMs);
    const after = await deployments.get(id);

    expect([before.state, after.state]).toEqual(['awaiting-approval', 'expired']);
  });

  it('reminds once of a request, half way through its time', async () => {
    const { id } = await requestStaging(deployments);
    await deployments.change(id, recordPlan(plan, Date.now()));

    await sweep(tools, Date.now());
    await sweep(tools, Date.now() + oneApproval.withinMs / 2);
    await sweep(tools, Date.now() + oneApproval.withinMs / 2 + 5_000);

    const types = (await deployments.events(id)).map(({ event }) => event.type);
    expect(types).toEqual(['requested', 'planned', 'approval-requested', 'reminded']);
  });

  it('has a request planned anew that was changed, also while the first plan is still in work', async () => {
    const { id } = await requestStaging(deployments);
    await sweep(tools, Date.now());
    await deployments.change(id, recordPlan(plan, Date.now()));
    await deployments.change(id, change('U1', { ...stagingSpec, nodes: { ...stagingSpec.nodes, count: 3 } }, 0));

    await sweep(tools, Date.now());
    await sweep(tools, Date.now());

    const jobs = await producer.queue('cloud').getWaiting();
    expect(jobs.map((job) => job.id).sort()).toEqual([`${id}-plan`, `${id}-plan-1`]);
    expect(jobs.map((job) => job.data.revision).sort()).toEqual([0, 1]);
  });

  it('enqueues the flow anew when the jobs of a running deployment are gone', async () => {
    const { id } = await running();

    await sweep(tools, inAMinute());

    expect(await deployments.get(id)).toMatchObject({ state: 'queued', round: 2 });
    expect(await jobNames('cloud')).toEqual(['start']);
  });

  it('leaves a deployment alone whose jobs wait', async () => {
    const deployment = await running();
    await new FlowProducer({ connection, prefix: queuePrefix }).add(flowJobs(deployment));

    await sweep(tools, inAMinute());

    expect(await deployments.get(deployment.id)).toMatchObject({ state: 'running', round: 1 });
  });

  it('fails a deployment whose job failed without a word', async () => {
    const deployment = await running();
    await new FlowProducer({ connection, prefix: queuePrefix }).add(flowJobs(deployment));
    const worker = new Worker(
      'build',
      () => {
        throw new UnrecoverableError('job stalled more than allowable limit');
      },
      { connection, prefix: queuePrefix },
    );
    const job = await producer.queue('build').getJob(`${deployment.id}-r1-build`);
    await expect.poll(() => job?.getState(), { timeout: 5_000 }).toBe('failed');
    await worker.close();

    await sweep(tools, inAMinute());

    expect(await deployments.get(deployment.id)).toMatchObject({
      state: 'failed',
      failedStep: 'build',
      failure: { code: 'step_lost' },
    });
  });

  it('gives up a deployment that loses its jobs again and again', async () => {
    const { id } = await running();

    for (let round = 0; round < 6; round += 1) {
      await sweep(tools, inAMinute());
      await deployments.change(id, startStep('build')).catch(() => undefined);
    }

    expect(await deployments.get(id)).toMatchObject({ state: 'failed', failure: { code: 'jobs_lost' } });
  });

  it('has every thread told that is behind', async () => {
    await requestStaging(deployments);

    await sweep(tools, Date.now());

    expect(await jobNames('notify')).toEqual(['notify']);
  });
});
