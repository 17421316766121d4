import { type Message, paragraph } from '../views/blocks.ts';
import { commandText } from './cluster-texts.ts';

/** The shortcut of a message that belongs to no deployment. */
export function noCardAnswer(): Message {
  return paragraph(
    `– This message belongs to no cluster.\n→ Use it on a card of Slipway or in its thread, or type ${commandText('status', 'CLUSTER')}.`,
  );
}
