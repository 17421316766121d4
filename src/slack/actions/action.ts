import type { Answer, Tell } from '../answer.ts';
import type { SlackContext } from '../context.ts';
import type { People } from '../people.ts';
import type { ButtonValue } from '../views/button-value.ts';

/** One click on a button. */
export interface Click {
  readonly value: ButtonValue;
  /** Slack id of who clicked. */
  readonly user: string;
  readonly context: SlackContext;
  readonly people: People;
  /** Says something before the answer, for what takes long. */
  readonly say: Tell;
}

/** What a button does. Answers nothing where the card and its thread tell everybody. */
export type Action = (click: Click) => Promise<Answer | undefined>;
