import { setTimeout as later } from 'node:timers/promises';
import type { types } from '@slack/bolt';
import type { Answer } from '../answer.ts';
import { noteView } from '../views/note-view.ts';
import type { Dialogs } from './dialogs.ts';

/** Where a form opens. */
export interface FormPlace {
  readonly triggerId: string;
  readonly dialogs: Dialogs;
}

/** A form, or what is said in its place. */
export type MadeForm =
  | { readonly ok: true; readonly view: types.ModalView }
  | { readonly ok: false; readonly answer: Answer };

/** How long a form may take to be made before an empty one is opened, in milliseconds: Slack waits for three seconds. */
const patienceMs = 1_200;

/**
 * Opens a form, also when what it shows is slow to be had: then an empty one is opened first. Answers what is to be said
 * in its place, if anything. Throws a DeployError when it cannot be opened.
 *
 * @param instead what else its reader can do, as a sentence
 */
export async function openForm(
  { triggerId, dialogs }: FormPlace,
  instead: string,
  make: () => Promise<MadeForm>,
): Promise<Answer | undefined> {
  const making = make();
  const made = await soon(making);
  if (made === undefined) return openEmptyFirst(making, { triggerId, dialogs }, instead);
  if (!made.ok) return made.answer;
  await dialogs.open(triggerId, made.view, instead);
  return undefined;
}

async function soon<Value>(making: Promise<Value>): Promise<Value | undefined> {
  const timer = new AbortController();
  const late = later(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined);
  return Promise.race([making, late]).finally(() => timer.abort());
}

async function openEmptyFirst(
  making: Promise<MadeForm>,
  { triggerId, dialogs }: FormPlace,
  instead: string,
): Promise<undefined> {
  // What goes wrong meanwhile is told below.
  making.catch(() => undefined);
  const id = await dialogs.open(triggerId, noteView('One moment …'), instead);
  try {
    const made = await making;
    await dialogs.update(id, made.ok ? made.view : noteView(made.answer.text));
  } catch (error) {
    await dialogs.update(id, noteView('The form could not be made. Why is told where you asked for it.'));
    throw error;
  }
}
