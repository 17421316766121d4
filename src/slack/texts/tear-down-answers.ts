import type { Cluster } from '../../clusters/cluster.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { date } from '../views/mrkdwn.ts';
import { commandText } from './cluster-texts.ts';

/** The button belongs to a cluster that was replaced by another of its name. */
export function earlierCardAnswer({ name, since }: Cluster): Message {
  return paragraph(
    `– This button is of an earlier ${name}; the one that is there now is from ${date(since)}. Nothing was removed.\n→ To remove that one, type ${commandText('down', name)}.`,
  );
}

/** The button was shown when no such cluster was known. */
export function newerThereAnswer({ name, since }: Cluster): Message {
  return paragraph(
    `– There is a ${name} since ${date(since)}, which was not there when this button was shown. Nothing was removed.\n→ To remove it, type ${commandText('down', name)}.`,
  );
}

/** The button belongs to a cluster that is gone, or that Redis has forgotten. */
export function goneAnswer(name: string): Message {
  return paragraph(
    `– As far as is known ${name} is not there any more. Nothing was removed.\n→ To have the cloud looked through, type ${commandText('down', name)}.`,
  );
}
