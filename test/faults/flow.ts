import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { flows } from '../../jobs/flows.ts';
import { plan } from '../../jobs/plan.ts';
import type { Step, Tools } from '../../jobs/run.ts';
import { processStep, type StepSignals } from '../../jobs/step-processor.ts';
import { steps } from '../../jobs/worker.ts';
import type { Cluster } from '../../src/clusters/cluster.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { Action, StepName, StepResults } from '../../src/clusters/steps.ts';
import type { DeploymentJob, StepJob } from '../../src/queue/jobs.ts';

/** Steps that are taken as done: what they would leave. They make no calls of a cloud. */
export type Given = { readonly [Name in StepName]?: StepResults[Name] };

/** As patient as in production, but at the pace of a test. */
const patience = { tries: 5, firstWaitMs: 10 } as const;

/** How often the queue tries a job again that did not say why it stopped. */
export const attempts = 5;

/**
 * Asks for one deployment without approval and plans it. Answers it as it is then. `paceMs` is what the waits of the
 * queue become, and `before` the cluster that is to be changed.
 */
export async function planDeployment(
  tools: Tools,
  spec: ClusterSpec,
  action: Action,
  paceMs: number,
  before?: Cluster,
): Promise<Deployment> {
  const outcome = await tools.deployments.request({
    action,
    spec,
    requestedBy: 'U0DEVELOPER',
    channel: spec.channel,
    terms: { count: 0, from: [], self: true, withinMs: 60_000 },
    ...(before && { before }),
  });
  if (outcome.kind !== 'accepted') throw new Error(`${spec.name} is busy`);
  const { id } = outcome.deployment;
  const { signal } = new AbortController();
  for (let attemptsMade = 0; attemptsMade < attempts; attemptsMade += 1) {
    const job = { id: `${id}-plan`, data: { deployment: id }, attemptsMade, opts: { attempts } };
    const again = await plan(job as Job<DeploymentJob>, tools, signal).then(
      () => false,
      () => true,
    );
    if (!again) break;
    await sleep(paceMs);
  }
  return tools.deployments.get(id);
}

/**
 * Runs the steps of a planned deployment in their order, each as the queue would: again when it is put off. No wait is
 * longer than `paceMs`.
 */
export async function runSteps(
  tools: Tools,
  { id, action, round }: Deployment,
  given: Given,
  paceMs: number,
): Promise<Deployment> {
  const run = async (node: (typeof flows)[Action]): Promise<boolean> => {
    const before = await Promise.all(node.after.map(run));
    return before.every(Boolean) && (await runStep(node.step, { id, round }, tools, given[node.step], paceMs));
  };
  await run(flows[action]);
  return tools.deployments.get(id);
}

async function runStep(
  name: StepName,
  { id: deployment, round }: Pick<Deployment, 'id' | 'round'>,
  tools: Tools,
  result: StepResults[StepName] | undefined,
  paceMs: number,
): Promise<boolean> {
  const step = result === undefined ? steps[name] : async () => result;
  const job = new InProcessJob(`${deployment}-r${round}-${name}`, { deployment, round });
  const never = new AbortController().signal;
  const signals: StepSignals = { shutdown: never, job: never, over: never };
  for (let failures = 0; failures < attempts; ) {
    try {
      await processStep(name, step as Step, job as unknown as Job<StepJob>, 'token', signals, tools, patience);
      return true;
    } catch (error) {
      if (error instanceof UnrecoverableError) return false;
      if (!(error instanceof DelayedError)) failures += 1;
      await sleep(Math.min(job.delayMs, paceMs));
    }
  }
  return false;
}

/** What a step touches of its job in the queue. */
class InProcessJob {
  readonly id: string;
  data: StepJob;
  delayMs = 0;

  constructor(id: string, data: StepJob) {
    this.id = id;
    this.data = data;
  }

  async updateData(data: StepJob): Promise<void> {
    this.data = data;
  }

  async moveToDelayed(at: number): Promise<void> {
    this.delayMs = Math.max(0, at - Date.now());
  }
}
