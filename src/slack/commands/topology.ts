import type { Answer } from '../answer.ts';
import { insideNamed, isAnswer } from '../inside.ts';
import { shareTopology } from '../share-topology.ts';
import type { Command, CommandCall } from './command.ts';

export const topology: Command = {
  name: 'topology',
  needs: 'topology',
  arguments: 'CLUSTER',
  summary: 'draw what a cluster is made of',
  details:
    'Posts a picture of the cluster’s networks, router, servers, load balancers and volumes to the thread of its card, with their states and addresses. The Topology button does the same.',
  examples: ['/k8s topology staging'],
  run: runTopology,
};

async function runTopology(call: CommandCall): Promise<Answer> {
  const inside = await insideNamed(call.words[0] ?? '', topology.name, call.context);
  return isAnswer(inside) ? inside : shareTopology(inside, call);
}
