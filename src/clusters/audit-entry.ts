import { changesSomething, type Verb } from './verbs.ts';

/** Why an account may do nothing here, whatever the policy names: it is no full member of the workspace. */
export type Outsider = 'guest' | 'bot' | 'deleted' | 'stranger';

/** What was decided about one command or click. Holds ids and names only: no arguments, no answers, no secrets. */
export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Slack id. */
  readonly who: string;
  readonly verb: Verb;
  readonly surface: 'command' | 'button' | 'form' | 'mention' | 'shortcut';
  /** Only the name of one that Slipway knows: what somebody mistyped may be anything. */
  readonly cluster?: string;
  readonly deployment?: string;
  readonly allowed: boolean;
  /** The rule that allowed it, or the reason for the refusal: see Verdict; an Outsider; `unidentified`. */
  readonly rule: string;
}

/** True for what changes something or was refused; a look that was allowed is not worth telling of. */
export function isNotable({ verb, allowed }: Pick<AuditEntry, 'verb' | 'allowed'>): boolean {
  return !allowed || changesSomething(verb);
}
