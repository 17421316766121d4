import type { Answer } from '../answer.ts';
import { cancelDeployment } from '../cancel-deployment.ts';
import { standingOf } from '../standing.ts';
import { cancelledAnswer, nothingToCancelAnswer } from '../texts/answers.ts';
import type { Command, CommandCall } from './command.ts';
import { stateWord } from './list.ts';

export const cancel: Command = {
  name: 'cancel',
  arguments: 'CLUSTER',
  summary: 'stop what is under way for a cluster',
  details:
    'Stops a request, a build or whatever else is under way, at once. What was made by then stays; the thread says what that is and what can be done.',
  examples: ['/k8s cancel staging'],
  run: runCancel,
};

async function runCancel(call: CommandCall): Promise<Answer> {
  const standing = await standingOf(call.words[0] ?? '', call.context);
  if (standing.active === undefined) return nothingToCancelAnswer(standing.name, stateWord(standing));
  const outcome = await cancelDeployment(standing.active, call);
  return outcome.cancelled ? cancelledAnswer(outcome.deployment) : outcome.answer;
}
