import type { Verb } from '../../clusters/verbs.ts';
import type { Answer, Tell } from '../answer.ts';
import type { Attempt } from '../attempt.ts';
import type { SlackContext } from '../context.ts';
import type { Dialogs } from '../forms/dialogs.ts';
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
  /** Opens one form, within three seconds from the click. */
  readonly triggerId: string;
  /** Slack id of where the card is; undefined on the app's own page. */
  readonly channel: string | undefined;
  readonly dialogs: Dialogs;
  /** Says something before the answer, for what takes long. */
  readonly say: Tell;
}

/** What a button needs and does. */
export interface Action {
  /** What its user must be allowed. */
  readonly needs: Verb;
  /** Answers nothing where the card and its thread tell everybody. */
  readonly run: (click: Click) => Promise<Answer | undefined>;
}
