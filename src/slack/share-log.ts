import type { Deployment } from '../clusters/deployment.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { noLogAnswer, refusedLogAnswer, sharedLogAnswer } from './texts/log-answers.ts';

/** More than three calls of Slack's may take, and the time until a worker takes it on. */
const deadlineMs = 60_000;

/** How far back a log is looked for. */
const historyLength = 200;

/** Has the end of a deployment's build log posted to its thread, and says where it is or why there is none. */
export async function shareLog(
  deployment: Deployment,
  user: string,
  { logs, producer, inspectionMs = deadlineMs }: SlackContext,
): Promise<Answer> {
  if (!(await hasLines(deployment, logs))) return noLogAnswer(deployment);
  const shared = await producer.shareLog({ deployment: deployment.id, requestedBy: user }, inspectionMs);
  switch (shared.kind) {
    case 'shared':
      return sharedLogAnswer(deployment, shared.lines);
    case 'nothing':
      return noLogAnswer(deployment);
    case 'refused':
      return refusedLogAnswer(deployment, shared);
  }
}

/**
 * The deployment whose log somebody means: the one whose build is under way, else the newest that has a log, else the
 * newest that was to build, which tells why there is none. Undefined when nothing was ever to be built.
 */
export async function deploymentWithLog(
  cluster: string,
  active: Deployment | undefined,
  { deployments, logs }: Pick<SlackContext, 'deployments' | 'logs'>,
): Promise<Deployment | undefined> {
  if (active !== undefined && (active.steps.build?.attempt ?? 0) > 0) return active;
  const history = (await deployments.recent(historyLength)).filter(
    (deployment) => deployment.cluster === cluster && deployment.steps.build !== undefined,
  );
  for (const deployment of history) {
    if (await hasLines(deployment, logs)) return deployment;
  }
  return history[0];
}

async function hasLines({ id }: Deployment, logs: SlackContext['logs']): Promise<boolean> {
  return (await logs.tail(id, 1)).length > 0;
}
