import type { SharedTopology } from '../../queue/jobs.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { channelLink, oneLine } from '../views/mrkdwn.ts';
import { commandText } from './cluster-texts.ts';

/** The picture is where everybody sees it, or why there is none. Pure. */
export function topologyAnswer(cluster: string, shared: SharedTopology): Message {
  if (shared.kind === 'refused') {
    const { message, hint } = shared;
    return paragraph(`✗ The topology of *${cluster}*: ${oneLine(message, 1_500)}\n→ ${oneLine(hint, 600)}`);
  }
  const place = channelLink(shared.channel);
  const where = shared.inThread ? `in the thread of its card in ${place}` : `in ${place}, without a thread`;
  return paragraph(
    `✓ The picture of *${cluster}* is ${where}.\n→ ${commandText('pods', cluster)} shows what runs on it.`,
  );
}
