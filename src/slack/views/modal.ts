import type { types } from '@slack/bolt';
import type { Block } from './blocks.ts';
import { type FormMemory, formMemory } from './form-memory.ts';

/** Slack's limits for forms: characters of a title or button, of an option's texts, of a hint, and options of a menu. */
export const formLimits = { title: 24, option: 75, hint: 2000, options: 100 } as const;

export interface ModalOptions {
  readonly id: string;
  readonly title: string;
  /** What the button says that sends it; none for a form that asks for nothing. */
  readonly submit?: string;
  readonly blocks: readonly Block[];
  readonly memory?: FormMemory;
}

/** A form over the conversation. */
export function modal({ id, title, submit, blocks, memory }: ModalOptions): types.ModalView {
  return {
    type: 'modal',
    callback_id: id,
    title: plain(title, formLimits.title),
    ...(submit !== undefined && { submit: plain(submit, formLimits.title) }),
    close: plain(submit === undefined ? 'Close' : 'Cancel', formLimits.title),
    ...(memory && { private_metadata: formMemory(memory) }),
    blocks: [...blocks],
  };
}

export interface InputOptions {
  /** Another id makes it another input, which begins with its own value. */
  readonly blockId: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  /** Tells Slipway as soon as something else is chosen. */
  readonly dispatches?: boolean;
  readonly element: types.InputBlock['element'];
}

/** Something that is asked for, with its label. */
export function input({ blockId, label, hint, optional, dispatches, element }: InputOptions): Block {
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 200),
    ...(hint !== undefined && { hint: plain(hint, formLimits.hint) }),
    ...(optional && { optional }),
    ...(dispatches && { dispatch_action: dispatches }),
    element,
  };
}

/** Text that Slack shows as it is, cut to a length. */
export function plain(text: string, max: number): types.PlainTextElement {
  const whole = text.length <= max ? text : `${text.slice(0, max - 1)}…`;
  return { type: 'plain_text', text: whole, emoji: false };
}
