import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';

/** What a method answers besides `ok: true`. */
export type ApiAnswer = Readonly<Record<string, unknown>>;

/** Who may call a method, how often, and what it does. */
export interface ApiMethod {
  readonly name: string;
  readonly token: 'bot' | 'app' | 'none';
  /** Any one of these suffices. */
  readonly scopes?: readonly string[];
  /** Calls a minute, by Slack's tier. */
  readonly perMinute?: number;
  /** For posting: about one call a second for each channel. */
  readonly onePerSecondPerChannel?: true;
  readonly run: (args: ApiArguments, workspace: WorkspaceState) => ApiAnswer;
}
