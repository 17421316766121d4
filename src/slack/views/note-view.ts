import type { types } from '@slack/bolt';
import { formIds } from '../forms/form-ids.ts';
import { section } from './blocks.ts';
import { modal } from './modal.ts';

/** A form that asks for nothing and says something. */
export function noteView(text: string): types.ModalView {
  return modal({ id: formIds.note, title: 'Slipway', blocks: [section(text)] });
}
