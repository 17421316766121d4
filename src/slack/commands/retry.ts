import type { Answer } from '../answer.ts';
import { newestBegun, retryDeployment } from '../retry-deployment.ts';
import { standingOf } from '../standing.ts';
import { nothingFailedAnswer, retryingAnswer } from '../texts/retry-answers.ts';
import type { Command, CommandCall } from './command.ts';
import { stateWord } from './list.ts';

export const retry: Command = {
  name: 'retry',
  needs: 'retry',
  arguments: 'CLUSTER',
  summary: 'go on from the step that failed',
  details:
    'Takes up what failed last for a cluster. Finished steps are kept; a stack that failed is removed first. The Retry button does the same.',
  examples: ['/k8s retry staging'],
  run: runRetry,
};

async function runRetry({ context, user, words }: CommandCall): Promise<Answer> {
  const standing = await standingOf(words[0] ?? '', context);
  const deployment = standing.active ?? (await newestBegun(standing.name, context));
  if (deployment === undefined || (deployment.state !== 'failed' && standing.active === undefined)) {
    return nothingFailedAnswer(standing.name, stateWord(standing));
  }
  const outcome = await retryDeployment(deployment, user, context);
  return outcome.retried ? retryingAnswer(outcome.deployment) : outcome.answer;
}
