import type { Job } from 'bullmq';
import { failPlan, recordPlan } from '../src/clusters/decisions.ts';
import type { Deployment } from '../src/clusters/deployment.ts';
import type { Plan } from '../src/clusters/plan.ts';
import type { Action } from '../src/clusters/steps.ts';
import type { DeploymentJob } from '../src/queue/jobs.ts';
import { failureOf, isLastAttempt, mayRetry } from './failures.ts';
import { planDown } from './plan-down.ts';
import { planScale } from './plan-scale.ts';
import { planUp } from './plan-up.ts';
import { planUpgrade } from './plan-upgrade.ts';
import type { Tools } from './run.ts';

/** Looks at the cloud without changing it, and says what a deployment will do. Throws where it cannot succeed. */
export type Planner = (deployment: Deployment, tools: Tools, signal: AbortSignal) => Promise<Plan>;

const planners: Readonly<Record<Action, Planner>> = {
  up: planUp,
  down: planDown,
  scale: planScale,
  upgrade: planUpgrade,
};

/**
 * Makes the plan of a requested deployment, which then waits for approval or goes to the queue. A problem that stands in
 * the way ends the deployment before anybody approves it.
 */
export async function plan(job: Job<DeploymentJob>, tools: Tools, signal: AbortSignal): Promise<void> {
  const { deployments, producer } = tools;
  const id = job.data.deployment;
  const deployment = await deployments.get(id);
  if (deployment.state !== 'requested') return;
  try {
    const made = await planners[deployment.action](deployment, tools, signal);
    const { deployment: planned } = await deployments.change(id, recordPlan(made, Date.now()));
    if (planned.state === 'queued') await producer.start(id, planned.round); // or else the sweep does
  } catch (error) {
    tools.log.error({ err: error, deployment: id }, 'planning failed');
    if (mayRetry(error) && !isLastAttempt(job)) throw error;
    await deployments.change(id, failPlan(failureOf(error, job.id)));
  }
}
