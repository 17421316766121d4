import type { Deployment } from '../../clusters/deployment.ts';
import type { Standing } from '../standing.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { commandText } from './cluster-texts.ts';
import { takenText } from './form-texts.ts';

/** There is no cluster that this person could bring up now. */
export function nothingToBringUpAnswer(taken: readonly Standing[]): Message {
  const lines = [
    '– There is no cluster that you could bring up now.',
    ...(taken.length > 0 ? [takenText(taken)] : []),
    `→ ${commandText('list')} shows the clusters that there are.`,
  ];
  return paragraph(lines.join('\n'));
}

/** The form was sent as it was opened. */
export function nothingChangedAnswer({ cluster }: Deployment): Message {
  return paragraph(
    `– What you sent is what is asked for ${cluster} already, so nothing was changed.\n→ Approvals given so far still count.`,
  );
}

/** A form that nobody has heard of. */
export function unknownFormAnswer(): Message {
  return paragraph(
    `– This version of Slipway has no such form, so nothing was done.\n→ ${commandText('help')} shows what it can do.`,
  );
}
