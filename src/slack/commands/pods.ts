import type { Answer } from '../answer.ts';
import { insideNamed, isAnswer } from '../inside.ts';
import { showPods } from '../inspect-pods.ts';
import type { Command, CommandCall } from './command.ts';

export const pods: Command = {
  name: 'pods',
  needs: 'pods',
  arguments: 'CLUSTER',
  summary: 'show a cluster’s nodes, and the pods of kube-system',
  details:
    'Asks the cluster’s Kubernetes now, as `kubectl get pods --namespace kube-system --output wide` does. Where no worker can reach it, the control plane’s last report is shown. The Pods button does the same.',
  examples: ['/k8s pods staging'],
  run: runPods,
};

async function runPods(call: CommandCall): Promise<Answer> {
  const inside = await insideNamed(call.words[0] ?? '', pods.name, call.context);
  return isAnswer(inside) ? inside : showPods(inside, call);
}
