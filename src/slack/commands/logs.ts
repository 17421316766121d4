import type { Answer } from '../answer.ts';
import { explainingSilence } from '../inspected.ts';
import { deploymentWithLog, shareLog } from '../share-log.ts';
import { standingOf } from '../standing.ts';
import { neverBuiltAnswer } from '../texts/log-answers.ts';
import type { Command, CommandCall } from './command.ts';

export const logs: Command = {
  name: 'logs',
  needs: 'logs',
  arguments: 'CLUSTER',
  summary: 'show the end of a build’s log',
  details:
    'Posts the last lines of the build that is under way, or else of the last one, to the thread of its card. The Log button does the same.',
  examples: ['/k8s logs staging'],
  run: runLogs,
};

async function runLogs(call: CommandCall): Promise<Answer> {
  const { context, user, words } = call;
  const { name, active } = await standingOf(words[0] ?? '', context);
  const deployment = await deploymentWithLog(name, active, context);
  if (deployment === undefined) return neverBuiltAnswer(name);
  return explainingSilence(call, `the log of ${name}’s build`, shareLog(deployment, user, context));
}
