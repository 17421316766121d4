import type { Cluster } from '../../clusters/cluster.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import type { Action } from '../../clusters/steps.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { channelLink } from '../views/mrkdwn.ts';
import { count } from '../views/quantities.ts';
import { actionWords, commandText } from './cluster-texts.ts';

/** What changes a cluster that stays. */
export type Change = Exclude<Action, 'up' | 'down'>;

/** A change of a cluster has been asked for. */
export function changingAnswer({ cluster, action, channel, terms }: Deployment): Message {
  const { doing } = actionWords[action];
  const then = terms.count === 0 ? 'it starts right after the plan' : 'nothing is changed before it is approved';
  return paragraph(`● Planning ${doing} *${cluster}*. The card is in ${channelLink(channel)}; ${then}.`);
}

/** Only what is up can be changed. */
export function cannotChangeAnswer(name: string, record: Cluster | undefined, change: Change): Message {
  const { verb } = actionWords[change];
  if (record === undefined) {
    return paragraph(
      `– *${name}* is not there, so there is nothing to ${verb}.\n→ ${commandText('up', name)} brings it up.`,
    );
  }
  return paragraph(
    `– *${name}* is broken: it did not come up, so there is nothing to ${verb}.\n→ ${commandText('retry', name)} goes on from the step that failed.`,
  );
}

/** How a number of nodes is asked for, from somebody who clicked. `most` is how many there may be. */
export function howToScaleAnswer({ name, nodes }: Cluster, most: number): Message {
  const example = nodes.length < most ? nodes.length + 1 : Math.max(0, most - 1);
  return paragraph(
    `*${name}* has ${count(nodes.length, 'node')}, and may have 0 to ${most}.\n→ Type ${commandText('scale', name, String(example))} for ${example}: the plan says what changes, and nothing is changed before it is approved.`,
  );
}

/** The button belongs to a cluster that is gone, whether or not there is another of its name. */
export function otherClusterAnswer(name: string): Message {
  return paragraph(
    `– The ${name} of this card is not there any more, so it cannot be changed.\n→ ${commandText('status', name)} tells what there is.`,
  );
}
