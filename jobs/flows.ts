import type { FlowJob } from 'bullmq';
import type { Deployment } from '../src/clusters/deployment.ts';
import { stepJobId } from '../src/clusters/names.ts';
import type { Action, StepName } from '../src/clusters/steps.ts';
import { queueOf, queuePrefix, type StepJob } from '../src/queue/jobs.ts';
import { jobDefaults } from '../src/queue/producer.ts';

/** A step and what must be done before it. */
interface Flow {
  readonly step: StepName;
  readonly after: readonly Flow[];
}

function flow(step: StepName, ...after: Flow[]): Flow {
  return { step, after };
}

/** What follows what. */
export const flows: Readonly<Record<Action, Flow>> = {
  /** What the stack needs, side by side; then the stack; then the check that Kubernetes answers. */
  up: flow('verify', flow('stack', flow('publish', flow('build')), flow('image'), flow('keypair'), flow('credential'))),
  /** What the cluster has made itself stands in the stack's way; what it logs in with it needs until its servers are gone. */
  down: flow('clean-up', flow('delete-stack', flow('purge'))),
  /** Nodes that go are empty before Heat removes them; there are none where the cluster grows. */
  scale: flow('verify', flow('resize', flow('drain'))),
  /** The release is in Swift before the first server is told to fetch it. */
  upgrade: flow('verify', flow('upgrade', flow('publish', flow('build')))),
};

/** The BullMQ flow of a deployment's current round. Its job ids are derived, so that adding it twice adds it once. */
export function flowJobs(deployment: Deployment): FlowJob {
  return toJob(flows[deployment.action], deployment, true);
}

/** Ids of all jobs of the current round, the root first. */
export function flowJobIds(deployment: Deployment): { step: StepName; jobId: string }[] {
  const list = (node: Flow): { step: StepName; jobId: string }[] => [
    { step: node.step, jobId: stepJobId(deployment.id, deployment.round, node.step) },
    ...node.after.flatMap(list),
  ];
  return list(flows[deployment.action]);
}

function toJob({ step, after }: Flow, deployment: Deployment, root: boolean): FlowJob {
  return {
    name: step,
    queueName: queueOf[step],
    prefix: queuePrefix,
    data: { deployment: deployment.id, round: deployment.round } satisfies StepJob,
    opts: {
      ...jobDefaults,
      jobId: stepJobId(deployment.id, deployment.round, step),
      // Without an option a parent would wait for a failed child for ever.
      ...(!root && { failParentOnFailure: true }),
    },
    children: after.map((child) => toJob(child, deployment, false)),
  };
}
