import type { types } from '@slack/bolt';
import type { Cluster } from '../../clusters/cluster.ts';
import { formIds } from '../forms/form-ids.ts';
import { inputs } from '../forms/inputs.ts';
import { approvalText, nodesHint, scaleText } from '../texts/form-texts.ts';
import { context, section } from './blocks.ts';
import type { FormMemory } from './form-memory.ts';
import { input, modal } from './modal.ts';

/**
 * Asks how many nodes a cluster is to have. Pure.
 *
 * @param most how many there may be
 */
export function scaleView(cluster: Cluster, most: number, memory: FormMemory): types.ModalView {
  return modal({
    id: formIds.scale,
    title: 'Scale the cluster',
    submit: 'Make a plan',
    memory,
    blocks: [
      section(scaleText(cluster)),
      input({
        blockId: 'nodes',
        label: 'Nodes',
        hint: nodesHint(most),
        element: {
          type: 'number_input',
          action_id: inputs.nodes,
          is_decimal_allowed: false,
          initial_value: String(Math.min(cluster.nodes.length, most)),
          min_value: '0',
          max_value: String(most),
          focus_on_load: true,
        },
      }),
      context(approvalText()),
    ],
  });
}
