import type { CloudChoice } from '../../clusters/cluster-spec.ts';
import { choiceName, choicesNamed, choicesOf, cloudNames } from '../../clusters/inspection.ts';
import { mayRequest } from '../../clusters/policy.ts';
import { DeployError, UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { closest } from '../closest.ts';
import type { SlackContext } from '../context.ts';
import { explainingSilence, inspected } from '../inspected.ts';
import { refusedAnswer } from '../texts/answers.ts';
import { type CloudHealth, doctorAnswer } from '../texts/inspection-answers.ts';
import type { Command, CommandCall } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  arguments: '[CLOUD]',
  summary: 'show how a cloud is',
  details:
    'Looks at credentials, services, quotas, networks, flavors and the clock of a cloud, or of every cloud that clusters.yaml uses.',
  examples: ['/k8s doctor', '/k8s doctor mycloud'],
  run: runDoctor,
};

async function runDoctor(call: CommandCall): Promise<Answer> {
  const { context, people, user, words } = call;
  const { policy } = context;
  const person = await people.find(user, [...policy.request, ...policy.approve.from]);
  const verdict = mayRequest(policy, person);
  if (!verdict.allowed) return refusedAnswer(verdict, 'see how clouds are');

  const all = choicesOf(context.clusters.values());
  const chosen = words[0] === undefined ? all : named(words[0], all);
  const looking = Promise.all(chosen.map((choice) => healthOf(choice, context)));
  return doctorAnswer(await explainingSilence(call, chosen.map(choiceName).join(', '), looking));
}

/** One cloud that cannot be looked at does not keep the others from being told. */
async function healthOf(choice: CloudChoice, context: SlackContext): Promise<CloudHealth> {
  const name = choiceName(choice);
  try {
    return { name, findings: await inspected(context, 'inspect-cloud', { choice }) };
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    context.log.warn({ err: error, cloud: name }, 'a cloud could not be looked at');
    const { message: text, hint } = error;
    return { name, findings: [{ level: 'problem', label: 'Worker', text, ...(hint !== undefined && { hint }) }] };
  }
}

function named(name: string, all: readonly CloudChoice[]): CloudChoice[] {
  const found = choicesNamed(name, all);
  if (found.length > 0) return found;
  const names = [...new Set(all.flatMap(cloudNames))].sort();
  const near = closest(name, names);
  throw new UsageError(`clusters.yaml uses no cloud ${name}.${near ? ` Did you mean ${near}?` : ''}`, {
    hint: names.length === 0 ? 'clusters.yaml describes no cluster yet' : `The clouds are: ${names.join(', ')}`,
  });
}
