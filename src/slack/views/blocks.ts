import type { types } from '@slack/bolt';

export type Block = types.KnownBlock;

/** What a message is made of. `text` is what notifications and screen readers get. */
export interface Message {
  readonly text: string;
  readonly blocks: Block[];
}

/** Slack's limits, and for a whole message a little less than what was seen to be refused. */
export const limits = { section: 3000, field: 2000, header: 150, text: 2900 } as const;

/** A large line. */
export function header(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: text.slice(0, limits.header), emoji: false } };
}

/** A paragraph. The text must fit; see fitLines. */
export function section(text: string, blockId?: string): Block {
  return { type: 'section', ...(blockId && { block_id: blockId }), text: { type: 'mrkdwn', text } };
}

/** Names and values in two columns. */
export function fields(pairs: readonly (readonly [name: string, value: string])[], blockId?: string): Block {
  return {
    type: 'section',
    ...(blockId && { block_id: blockId }),
    fields: pairs.map(([name, value]) => ({ type: 'mrkdwn', text: `*${name}*\n${value}` })),
  };
}

/** Small print. */
export function context(text: string, blockId?: string): Block {
  return { type: 'context', ...(blockId && { block_id: blockId }), elements: [{ type: 'mrkdwn', text }] };
}

/** A row of buttons. */
export function actions(elements: readonly types.Button[], blockId?: string): Block {
  return { type: 'actions', ...(blockId && { block_id: blockId }), elements: [...elements] };
}

/** A short message of one paragraph, with buttons below it where there are any. */
export function paragraph(text: string, buttons: readonly types.Button[] = []): Message {
  return {
    text: text.slice(0, limits.text),
    blocks: [section(text), ...(buttons.length > 0 ? [actions(buttons)] : [])],
  };
}
