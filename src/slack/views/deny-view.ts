import type { types } from '@slack/bolt';
import type { Deployment } from '../../clusters/deployment.ts';
import { formIds } from '../forms/form-ids.ts';
import { inputs } from '../forms/inputs.ts';
import { denyQuestion, longestReason } from '../texts/form-texts.ts';
import { section } from './blocks.ts';
import type { FormMemory } from './form-memory.ts';
import { input, modal } from './modal.ts';

/** Asks `user` why a request is denied, or withdrawn by whoever asked. Pure. */
export function denyView(deployment: Deployment, user: string, memory: FormMemory): types.ModalView {
  const own = deployment.requestedBy === user;
  return modal({
    id: formIds.deny,
    title: own ? 'Withdraw the request' : 'Deny the request',
    submit: own ? 'Withdraw' : 'Deny',
    memory,
    blocks: [
      section(denyQuestion(deployment, user)),
      input({
        blockId: 'reason',
        label: 'Why?',
        hint: 'Everybody in the channel can read it.',
        optional: true,
        element: {
          type: 'plain_text_input',
          action_id: inputs.reason,
          multiline: true,
          max_length: longestReason,
          focus_on_load: true,
        },
      }),
    ],
  });
}
