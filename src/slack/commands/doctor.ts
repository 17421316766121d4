import type { CloudChoice } from '../../clusters/cluster-spec.ts';
import { problem } from '../../clusters/finding.ts';
import { choiceName } from '../../clusters/inspection.ts';
import { DeployError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { chooseClouds } from '../choose-clouds.ts';
import type { SlackContext } from '../context.ts';
import { explainingSilence, inspected } from '../inspected.ts';
import { doctorAnswer, type Health } from '../texts/inspection-answers.ts';
import type { Command, CommandCall } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  needs: 'doctor',
  arguments: '[CLOUD]',
  summary: 'show how clouds and build workers are',
  details:
    'Looks at credentials, services, quotas, networks, flavors and the clock of a cloud, or of every cloud that clusters.yaml uses, and then at the build workers, too.',
  examples: ['/k8s doctor', '/k8s doctor mycloud'],
  run: runDoctor,
};

async function runDoctor(call: CommandCall): Promise<Answer> {
  const { context, words } = call;
  const chosen = chooseClouds(words[0], context);
  const looking = Promise.all(chosen.map((choice) => healthOf(choice, context)));
  const clouds = await explainingSilence(call, chosen.map(choiceName).join(', '), looking);
  return doctorAnswer(clouds, words[0] === undefined ? await buildersOf(context) : []);
}

/** The build workers that there are; that there is none is what has to be mended. */
async function buildersOf({ builders, now = Date.now }: SlackContext): Promise<Health[]> {
  const reports = await builders.list(now());
  if (reports.length === 0) return [{ name: 'build workers', findings: [noBuilder] }];
  return reports.map(({ host, findings }) => ({ name: `build worker ${host}`, findings }));
}

const noBuilder = problem(
  'Worker',
  'No build worker has reported within three minutes, so no Kubernetes can be built or fetched',
  'Start one: slipway worker --queues build',
);

/** One cloud that cannot be looked at does not keep the others from being told. */
async function healthOf(choice: CloudChoice, context: SlackContext): Promise<Health> {
  const name = choiceName(choice);
  try {
    const { findings } = await inspected(context, 'inspect-cloud', { choice });
    return { name, findings };
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    context.log.warn({ err: error, cloud: name }, 'a cloud could not be looked at');
    const { message: text, hint } = error;
    return { name, findings: [{ level: 'problem', label: 'Worker', text, ...(hint !== undefined && { hint }) }] };
  }
}
