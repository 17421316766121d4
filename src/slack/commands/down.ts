import type { Answer } from '../answer.ts';
import { inspectRemoval } from '../inspect-removal.ts';
import { isProtected, specToRemove } from '../request-tear-down.ts';
import { standingOf } from '../standing.ts';
import { busyAnswer } from '../texts/answers.ts';
import { tearDownQuestion } from '../texts/tear-down-question.ts';
import type { Command, CommandCall } from './command.ts';

export const down: Command = {
  name: 'down',
  needs: 'down',
  arguments: 'CLUSTER',
  summary: 'tear a cluster down',
  details:
    'Looks in the cloud and shows what would be removed, with a button, and with another one where the cluster has made volumes: they stay or go. Nothing is removed by the command alone.',
  examples: ['/k8s down staging'],
  run: runDown,
};

async function runDown(call: CommandCall): Promise<Answer> {
  const { context, words } = call;
  const { deployments, known, now = Date.now } = context;
  const standing = await standingOf(words[0] ?? '', context);
  const lock = await deployments.lock(standing.name);
  if (lock !== undefined) return busyAnswer(standing.name, lock, await deployments.find(lock.deployment));
  const spec = await specToRemove(standing.name, standing.record, context);
  const seen = await inspectRemoval(spec, call);
  // A Redis that was empty may have been told meanwhile what there is.
  const record = await known.find(standing.name);
  return tearDownQuestion({ spec, record, seen, protected: isProtected(spec, context), at: now() });
}
