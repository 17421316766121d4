import { UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { openUpForm } from '../forms/open-up-form.ts';
import { requestUp } from '../request-up.ts';
import type { Command, CommandCall } from './command.ts';

export const up: Command = {
  name: 'up',
  needs: 'up',
  arguments: '[CLUSTER]',
  flags: [
    { name: 'version', value: 'VERSION', summary: 'another Kubernetes than clusters.yaml names' },
    { name: 'nodes', value: 'NUMBER', summary: 'how many nodes' },
    { name: 'ttl', value: 'TIME', summary: 'how long it stays, such as 90m, 8h or 2d' },
  ],
  summary: 'bring a cluster up',
  details:
    'Looks at the cloud and posts a card with the plan. Nothing is made before the plan is approved on the card. Without a name a form opens, with the clusters and what you may change.',
  examples: ['/k8s up', '/k8s up staging', '/k8s up staging --nodes 2 --ttl 4h'],
  run: runUp,
  form: openUpForm,
};

async function runUp(call: CommandCall): Promise<Answer> {
  const { words, flags, attempt } = call;
  const [name] = words;
  if (name === undefined) {
    throw new UsageError('/k8s up with a flag needs the name of a cluster', {
      hint: 'Type /k8s up CLUSTER --nodes 2, or /k8s up alone for a form',
    });
  }
  const wishes = { version: flags.get('version'), nodes: flags.get('nodes'), ttl: flags.get('ttl') };
  return requestUp(name, wishes, attempt, call);
}
