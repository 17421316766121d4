import type { Answer } from '../answer.ts';
import { readCount } from '../read-count.ts';
import { requestScale } from '../request-scale.ts';
import { standingOf } from '../standing.ts';
import type { Command, CommandCall } from './command.ts';

export const scale: Command = {
  name: 'scale',
  needs: 'scale',
  arguments: 'CLUSTER NODES',
  summary: 'give a cluster another number of nodes',
  details:
    'NODES is how many there are to be, control planes not counted. Posts a card with the plan; nodes that go are drained first, those that are not ready and the newest before the others.',
  examples: ['/k8s scale staging 3'],
  run: runScale,
};

async function runScale(call: CommandCall): Promise<Answer> {
  const [name = '', number = ''] = call.words;
  const count = readCount(number);
  return requestScale(await standingOf(name, call.context), count, call);
}
