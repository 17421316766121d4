import { stackName } from '../../clusters/names.ts';
import type { Answer } from '../answer.ts';
import { isProtected, specToRemove } from '../request-tear-down.ts';
import { type Standing, standingOf } from '../standing.ts';
import { busyAnswer } from '../texts/answers.ts';
import { cloudText, sizeText } from '../texts/cluster-texts.ts';
import { paragraph } from '../views/blocks.ts';
import { tearDownButton } from '../views/buttons.ts';
import { code, date } from '../views/mrkdwn.ts';
import type { Command, CommandCall } from './command.ts';

export const down: Command = {
  name: 'down',
  needs: 'down',
  arguments: 'CLUSTER',
  summary: 'tear a cluster down',
  details: 'Shows what would be removed, with a button. Nothing is removed by the command alone.',
  examples: ['/k8s down staging'],
  run: runDown,
};

async function runDown({ context, words }: CommandCall): Promise<Answer> {
  const { deployments } = context;
  const standing = await standingOf(words[0] ?? '', context);
  const lock = await deployments.lock(standing.name);
  if (lock !== undefined) return busyAnswer(standing.name, lock, await deployments.find(lock.deployment));
  const spec = await specToRemove(standing.name, standing.record, context);
  return question(standing, cloudText(spec), isProtected(spec, context));
}

/**
 * Also asked for a cluster that Redis does not know: the cloud is the truth about what exists, and looking there is part
 * of the tear-down itself.
 */
function question({ name, record }: Standing, cloud: string, approved: boolean): Answer {
  const stack = `the stack ${code(stackName(name))} in the cloud ${cloud}, with all servers, networks and addresses in it`;
  const lines = [
    `*Tear down ${name}?*`,
    record === undefined
      ? `As far as is known ${name} is not there. The button looks in the cloud, and removes what it finds of it: ${stack}.`
      : `${stateOf(record)} The button removes ${stack}.`,
    ...(approved ? [`${name} is protected: the button asks for an approval first.`] : []),
    'The image, the keypair and the Kubernetes release stay, for they may be shared.',
  ];
  const value = { cluster: name, ...(record && { deployment: record.deployment }) };
  const nodes = record && record.nodes.length > 0 ? record.nodes : undefined;
  return paragraph(lines.join('\n'), [tearDownButton({ cluster: name, nodes, value })]);
}

function stateOf({ state, version, nodes, since }: NonNullable<Standing['record']>): string {
  return state === 'up'
    ? `It is up since ${date(since)}: ${sizeText(version, nodes.length)}.`
    : `It is broken since ${date(since)}: it did not come up.`;
}
