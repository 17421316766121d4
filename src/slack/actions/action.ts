import type { Verb } from '../../clusters/verbs.ts';
import type { Answer, Tell } from '../answer.ts';
import type { Attempt } from '../attempt.ts';
import type { SlackContext } from '../context.ts';
import type { MadeForm } from '../forms/open-form.ts';
import type { People } from '../people.ts';
import type { ButtonValue } from '../views/button-value.ts';

/** One click on a button. */
export interface Click {
  readonly value: ButtonValue;
  /** Slack id of who clicked. */
  readonly user: string;
  /** What was decided about, unless a deployment's terms are to decide it. */
  readonly attempt: Attempt;
  readonly context: SlackContext;
  readonly people: People;
  /** Slack id of where the card is; undefined on the app's own page. */
  readonly channel: string | undefined;
  /** Says something before the answer, for what takes long. */
  readonly say: Tell;
}

/** What a button needs and does. */
export interface ButtonAction {
  /** What its user must be allowed. */
  readonly needs: Verb;
  /** Answers nothing where the card and its thread tell everybody. */
  readonly run: (click: Click) => Promise<Answer | undefined>;
}

/** What a button needs that opens a form, and which form. */
export interface FormAction {
  readonly needs: Verb;
  readonly form: (click: Click) => Promise<MadeForm>;
}

export type Action = ButtonAction | FormAction;
