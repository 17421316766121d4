import type { FlowProducer } from 'bullmq';
import type { DeploymentJob } from '../src/queue/jobs.ts';
import { flowJobs } from './flows.ts';
import type { Tools } from './run.ts';

/** Enqueues the flow of a queued deployment. Runs again without harm: the flow's job ids are derived from its round. */
export async function start({ deployment: id }: DeploymentJob, flows: FlowProducer, tools: Tools): Promise<void> {
  const deployment = await tools.deployments.get(id);
  if (deployment.state !== 'queued') return;
  await flows.add(flowJobs(deployment));
  tools.log.info({ deployment: id, round: deployment.round }, 'flow enqueued');
}
