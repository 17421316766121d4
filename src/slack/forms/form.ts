import type { Verb } from '../../clusters/verbs.ts';
import type { Answer } from '../answer.ts';
import type { SlackContext } from '../context.ts';
import type { Decider } from '../decide.ts';
import type { ButtonValue } from '../views/button-value.ts';
import type { FormMemory } from '../views/form-memory.ts';
import type { Input } from './inputs.ts';

/** What came in with a form. */
export interface Entered {
  /** Texts by the ids of the inputs; a time is in seconds since 1970. What was left empty is not there. */
  readonly entries: ReadonlyMap<string, string>;
  readonly memory: FormMemory;
}

/** A form that somebody has sent, and whose inputs are sound. */
export interface Submission extends Entered, Decider {}

/** What is wrong with inputs, a sentence each. */
export type Problems = Readonly<Partial<Record<Input, string>>>;

/** What a form needs and does. */
export interface Form {
  /** What its user must be allowed. */
  readonly needs: Verb;
  readonly about: (entered: Entered) => ButtonValue;
  /** Says what is wrong while the form is open. Slack waits for that, so nobody is asked anything for it. */
  readonly check?: (entered: Entered, context: SlackContext) => Problems;
  /** Answers nothing where the card and its thread tell everybody. */
  readonly run: (submission: Submission) => Promise<Answer | undefined>;
}
