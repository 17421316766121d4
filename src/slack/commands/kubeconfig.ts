import type { Answer } from '../answer.ts';
import { insideNamed, isAnswer } from '../inside.ts';
import { sendKubeconfig } from '../send-kubeconfig.ts';
import type { Command, CommandCall } from './command.ts';

export const kubeconfig: Command = {
  name: 'kubeconfig',
  needs: 'kubeconfig',
  arguments: 'CLUSTER',
  summary: 'send you a credential of your own for a cluster',
  details:
    'Has the cluster sign a certificate for you, which holds for some hours, and sends it to you as a file by direct message. The Kubeconfig button does the same.',
  examples: ['/k8s kubeconfig staging'],
  run: runKubeconfig,
};

async function runKubeconfig(call: CommandCall): Promise<Answer> {
  const inside = await insideNamed(call.words[0] ?? '', kubeconfig.name, call.context);
  return isAnswer(inside) ? inside : sendKubeconfig(inside, call);
}
