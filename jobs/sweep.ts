import { fail, passTime, requeue, revisionOf } from '../src/clusters/decisions.ts';
import type { Deployment, Failure } from '../src/clusters/deployment.ts';
import type { StepName } from '../src/clusters/steps.ts';
import { queueOf } from '../src/queue/jobs.ts';
import { expireClusters } from './expire-clusters.ts';
import { flowJobIds } from './flows.ts';
import type { Tools } from './run.ts';

/** How long a deployment's jobs may be nowhere before it is taken up again: longer than any step between two jobs. */
const graceMs = 10_000;

/** How often a deployment may lose all its jobs before it is given up; as often again each time somebody tries it again. */
const maxRounds = 5;

/**
 * Takes care of what nobody else would: approvals that do not come, deployments whose jobs are gone or failed
 * without a word, clusters whose time is over, and threads that are behind. So nothing stays "running" for ever.
 */
export async function sweep(tools: Tools, now: number): Promise<void> {
  for (const deployment of await tools.deployments.active()) {
    try {
      await look(deployment, tools, now);
    } catch (error) {
      tools.log.error({ err: error, deployment: deployment.id }, 'sweeping one deployment');
    }
  }
  await expireClusters(tools, now);
  for (const id of await tools.deployments.unannounced()) await tools.producer.notify(id);
}

async function look(deployment: Deployment, tools: Tools, now: number): Promise<void> {
  switch (deployment.state) {
    case 'requested':
      return tools.producer.plan(deployment.id, revisionOf(deployment));
    case 'awaiting-approval':
      await tools.deployments.change(deployment.id, passTime(now));
      return;
    case 'queued':
      await tools.producer.start(deployment.id, deployment.round);
      return lookAtJobs(deployment, tools, now);
    case 'running':
      return lookAtJobs(deployment, tools, now);
    default:
      return;
  }
}

async function lookAtJobs(deployment: Deployment, tools: Tools, now: number): Promise<void> {
  if (now - lastSign(deployment) < graceMs) return;
  const jobs = await Promise.all(
    flowJobIds(deployment).map(async ({ step, jobId }) => {
      const queue = tools.producer.queue(queueOf[step]);
      return { step, state: await queue.getJobState(jobId), reason: (await queue.getJob(jobId))?.failedReason };
    }),
  );
  const failed = jobs.filter(({ state, step }) => state === 'failed' && deployment.steps[step]?.state !== 'done');
  const culprit = failed.at(-1);
  if (culprit !== undefined) {
    await tools.deployments.change(deployment.id, fail(diedTooOften(culprit.step, culprit.reason), culprit.step));
    return;
  }
  if (deployment.state === 'running' && jobs.every(({ state }) => state === 'unknown'))
    await takeUpAgain(deployment, tools);
}

async function takeUpAgain(deployment: Deployment, tools: Tools): Promise<void> {
  const tries = 1 + (deployment.retries?.length ?? 0);
  if (deployment.round >= maxRounds * tries) {
    await tools.deployments.change(deployment.id, fail(jobsLost));
    return;
  }
  const { deployment: queued } = await tools.deployments.change(deployment.id, requeue(deployment.round));
  if (queued.state === 'queued') await tools.producer.start(queued.id, queued.round);
}

/** The newest time at which a step of the deployment began or ended. */
function lastSign({ steps, requestedAt }: Deployment): number {
  return Math.max(requestedAt, ...Object.values(steps).flatMap((step) => [step.startedAt ?? 0, step.finishedAt ?? 0]));
}

function diedTooOften(step: StepName, reason: string | undefined): Failure {
  return {
    message: `The step ${step} was broken off too often: ${reason ?? 'its worker died'}`,
    hint: 'Look at the workers’ logs and memory, then try again',
    code: 'step_lost',
  };
}

const jobsLost: Failure = {
  message: 'The deployment lost its jobs again and again',
  hint: 'Check that Redis keeps its data (appendonly yes, maxmemory-policy noeviction), then try again',
  code: 'jobs_lost',
};
