import type { Cluster } from '../../clusters/cluster.ts';
import type { Standing } from '../standing.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { date } from '../views/mrkdwn.ts';
import { commandText } from './cluster-texts.ts';
import { stateLine } from './state-texts.ts';

/** There is nothing yet whose nodes and pods could be seen. `command` is what was asked for. */
export function notThereAnswer({ name, active }: Standing, command: string): Message {
  if (active === undefined) {
    return paragraph(
      `– *${name}* is not up, so there is nothing to look into.\n→ ${commandText('up', name)} brings it up.`,
    );
  }
  return paragraph(
    `– *${name}* has no servers yet.\n${stateLine(active)}\n→ Once it is up, ${commandText(command, name)} works.`,
  );
}

/** A card's button, of a cluster that was torn down. */
export function goneInsideAnswer(name: string): Message {
  return paragraph(`– *${name}* is not there any more.\n→ ${commandText('list')} shows the clusters that there are.`);
}

/** A card's button, of a cluster that was replaced by another of its name. */
export function earlierInsideAnswer({ name, since }: Cluster, command: string): Message {
  return paragraph(
    `– This button is of an earlier *${name}*; the one that is there now is from ${date(since)}.\n→ For that one, type ${commandText(command, name)}.`,
  );
}
