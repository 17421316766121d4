import type { Cluster } from '../../clusters/cluster.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import type { Action } from '../../clusters/steps.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { channelLink } from '../views/mrkdwn.ts';
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

/** The button belongs to a cluster that is gone, whether or not there is another of its name. */
export function otherClusterAnswer(name: string): Message {
  return paragraph(
    `– The ${name} of this card is not there any more, so it cannot be changed.\n→ ${commandText('status', name)} tells what there is.`,
  );
}
