import type { CloudChoice } from '../../clusters/cluster-spec.ts';
import { choiceName } from '../../clusters/inspection.ts';
import { DeployError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { chooseClouds } from '../choose-clouds.ts';
import type { SlackContext } from '../context.ts';
import { explainingSilence, inspected } from '../inspected.ts';
import { type ReleaseStore, releasesAnswer } from '../texts/releases-answer.ts';
import type { Command, CommandCall } from './command.ts';

export const releases: Command = {
  name: 'releases',
  needs: 'releases',
  arguments: '[CLOUD]',
  summary: 'show which Kubernetes is in Swift already',
  details:
    'Shows what was built or fetched and is kept in Swift, so that it need not be made again: its size, its age, who uses it, and when what nobody uses goes.',
  examples: ['/k8s releases', '/k8s releases mycloud'],
  run: runReleases,
};

async function runReleases(call: CommandCall): Promise<Answer> {
  const { context, words } = call;
  const { now = Date.now } = context;
  const chosen = chooseClouds(words[0], context);
  const looking = Promise.all(chosen.map((choice) => storeOf(choice, context)));
  const stores = await explainingSilence(call, `what Swift has in ${chosen.map(choiceName).join(', ')}`, looking);
  return releasesAnswer(stores, now());
}

/** One cloud that cannot be looked at does not keep the others from being told. */
async function storeOf(choice: CloudChoice, context: SlackContext): Promise<ReleaseStore> {
  const cloud = choiceName(choice);
  try {
    return { cloud, ...(await inspected(context, 'inspect-releases', { choice })) };
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    context.log.warn({ err: error, cloud }, 'what Swift has could not be looked at');
    return { cloud, releases: [], problem: { text: error.message, hint: error.hint } };
  }
}
