import type { Answer } from '../answer.ts';
import { cancelDeployment } from '../cancel-deployment.ts';
import { standingOf } from '../standing.ts';
import { cancelledAnswer, nothingToCancelAnswer } from '../texts/answers.ts';
import type { Command, CommandCall } from './command.ts';
import { stateWord } from './list.ts';

export const cancel: Command = {
  name: 'cancel',
  needs: 'cancel',
  arguments: 'CLUSTER',
  summary: 'stop what is under way for a cluster',
  details:
    'Stops a request, a build or whatever else is under way, at once. What was made by then stays; the thread says what that is and what can be done.',
  examples: ['/k8s cancel staging'],
  run: runCancel,
};

async function runCancel({ about, context, words, user }: CommandCall): Promise<Answer> {
  const standing = await standingOf(words[0] ?? '', context);
  // What was decided about, and nothing that has begun since.
  const deployment = about.deployment === undefined ? undefined : await context.deployments.find(about.deployment);
  if (deployment === undefined) return nothingToCancelAnswer(standing.name, stateWord(standing));
  const outcome = await cancelDeployment(deployment, user, context);
  return outcome.cancelled ? cancelledAnswer(outcome.deployment) : outcome.answer;
}
