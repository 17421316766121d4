import type { Answer } from '../answer.ts';
import { extendCluster } from '../extend-cluster.ts';
import { readTime } from '../override.ts';
import { standingOf } from '../standing.ts';
import { notThereAnswer } from '../texts/lifetime-answers.ts';
import type { Command, CommandCall } from './command.ts';

export const extend: Command = {
  name: 'extend',
  needs: 'extend',
  arguments: 'CLUSTER [TIME]',
  summary: 'keep a cluster for longer',
  details:
    'Moves the time at which a cluster is torn down by itself: TIME from now, such as 90m, 8h or 2d, or its usual time. The Extend button does the same.',
  examples: ['/k8s extend staging', '/k8s extend staging 4h'],
  run: runExtend,
};

async function runExtend(call: CommandCall): Promise<Answer> {
  const [name = '', time] = call.words;
  const ms = time === undefined ? undefined : readTime(time);
  const { record } = await standingOf(name, call.context);
  return record === undefined ? notThereAnswer(name) : extendCluster(record, ms, call.user, call.context);
}
