import type { Deployment } from '../../clusters/deployment.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { date } from '../views/mrkdwn.ts';
import { commandText } from './cluster-texts.ts';

/** A cluster has another end. */
export function extendedAnswer({ cluster, expiry }: Deployment): Message {
  return paragraph(`✓ *${cluster}* stays until ${date(expiry?.until ?? 0)}. Its thread tells everybody.`);
}

/** A cluster without an end needs no longer one. */
export function staysAnswer(cluster: string, isProtected: boolean): Message {
  const why = isProtected ? 'it is protected' : 'clusters.yaml gives it no lifetime';
  return paragraph(
    `– *${cluster}* has no end: ${why}, so it stays until somebody tears it down.\n→ ${commandText('down', cluster)} does.`,
  );
}

/** Who made the cluster is forgotten, and with it when it goes. */
export function unknownMakerAnswer(cluster: string): Message {
  return paragraph(
    `– *${cluster}* is there, but nothing is known any more of how it was made, so it has no end to be moved.\n→ It stays until ${commandText('down', cluster)}.`,
  );
}

/** The button is of a cluster that is gone, whether or not there is another of its name. */
export function otherClusterAnswer(cluster: string): Message {
  return paragraph(
    `– The ${cluster} of this card is not there any more, so there is nothing to keep.\n→ ${commandText('status', cluster)} tells what there is.`,
  );
}

/** There is no such cluster in the cloud, so nothing can be kept. */
export function notThereAnswer(cluster: string): Message {
  return paragraph(
    `– *${cluster}* is not there, so there is nothing to keep.\n→ ${commandText('up', cluster)} brings it up.`,
  );
}
