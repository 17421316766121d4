import { UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { requestUpgrade } from '../request-upgrade.ts';
import { standingOf } from '../standing.ts';
import type { Command, CommandCall } from './command.ts';

export const upgrade: Command = {
  name: 'upgrade',
  needs: 'upgrade',
  arguments: 'CLUSTER VERSION',
  summary: 'bring a cluster to a newer Kubernetes',
  details:
    'VERSION is a tag of Kubernetes, at most one minor version ahead. Posts a card with the plan; then control planes and nodes are upgraded one after another, each Ready before the next.',
  examples: ['/k8s upgrade staging v1.35.1'],
  run: runUpgrade,
};

async function runUpgrade(call: CommandCall): Promise<Answer> {
  const [name = '', version = ''] = call.words;
  const wanted = readVersion(version);
  return requestUpgrade(await standingOf(name, call.context), wanted, call);
}

/** A version as Kubernetes tags it. Throws a UsageError for anything else, branches and commits included. */
export function readVersion(text: string): string {
  if (/^v\d{1,4}\.\d{1,4}\.\d{1,4}(-(alpha|beta|rc)\.\d{1,4})?$/.test(text)) return text;
  const hint = 'Type such as v1.35.1, the name of a tag';
  const meant = /^\d+\.\d+\.\d+$/.test(text) ? ` Did you mean v${text}?` : '';
  throw new UsageError(`${text} is no version of Kubernetes.${meant}`, { hint });
}
