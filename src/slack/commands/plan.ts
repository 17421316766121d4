import { UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { explainingSilence, inspected } from '../inspected.ts';
import { standingOf } from '../standing.ts';
import { planAnswer } from '../texts/inspection-answers.ts';
import type { Command, CommandCall } from './command.ts';

export const plan: Command = {
  name: 'plan',
  needs: 'plan',
  arguments: 'CLUSTER',
  summary: 'show what bringing a cluster up would take',
  details:
    'Looks at the cloud as `/k8s up` does, and shows the plan or what stands in the way. Nothing is requested or made.',
  examples: ['/k8s plan staging'],
  run: runPlan,
};

async function runPlan(call: CommandCall): Promise<Answer> {
  const { context, words } = call;
  const { name, spec } = await standingOf(words[0] ?? '', context);
  if (spec === undefined) {
    throw new UsageError(`clusters.yaml does not describe ${name} any more`, {
      hint: 'Describe it there and restart Slipway; until then it can only be torn down',
    });
  }
  const looking = inspected(context, 'inspect-cluster', { spec });
  const { findings } = await explainingSilence(call, `what ${name} would take`, looking);
  return planAnswer(name, findings);
}
