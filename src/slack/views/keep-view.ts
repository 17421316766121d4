import type { types } from '@slack/bolt';
import { formIds } from '../forms/form-ids.ts';
import { inputs } from '../forms/inputs.ts';
import { endText, farthestEndText } from '../texts/form-texts.ts';
import { section } from './blocks.ts';
import type { FormMemory } from './form-memory.ts';
import { input, modal } from './modal.ts';

/** A cluster's end. */
export interface KeptCluster {
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The farthest end from now, in milliseconds; undefined where any will do. */
  readonly maxMs: number | undefined;
}

/** Asks until when a cluster is kept. Pure. */
export function keepView({ cluster, until, maxMs }: KeptCluster, memory: FormMemory): types.ModalView {
  return modal({
    id: formIds.keep,
    title: 'Keep the cluster',
    submit: 'Keep',
    memory,
    blocks: [
      section(endText(cluster, until)),
      input({
        blockId: 'until',
        label: 'Until',
        ...(maxMs !== undefined && { hint: farthestEndText(maxMs) }),
        element: {
          type: 'datetimepicker',
          action_id: inputs.until,
          initial_date_time: Math.floor(until / 1_000),
          focus_on_load: true,
        },
      }),
    ],
  });
}
