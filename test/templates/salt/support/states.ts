/** What Salt says of one state that it applied. */
export interface AppliedState {
  readonly __id__: string;
  readonly __run_num__: number;
  readonly result: boolean | null;
  readonly comment: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** One run of state.apply. */
export interface StateRun {
  readonly status: number;
  /** In the order in which they were applied. */
  readonly states: readonly AppliedState[];
  /** All of Salt's JSON, as it was printed. */
  readonly text: string;
}

export function parseStateRun(status: number, text: string): StateRun {
  const { local } = JSON.parse(text) as { local: Record<string, AppliedState> | string[] };
  // What Salt could not even render is a list of complaints.
  if (Array.isArray(local)) throw new Error(local.join('\n'));
  return { status, text, states: Object.values(local).sort((a, b) => a.__run_num__ - b.__run_num__) };
}

/** The states that failed, with the line that the first boot would tell as the reason. */
export function failures({ states }: StateRun): string[] {
  return states.filter(({ result }) => result === false).map((state) => `${state.__id__}: ${reasonOf(state)}`);
}

/** The ids of states that changed something. */
export function changed({ states }: StateRun): string[] {
  return states.filter(({ changes }) => Object.keys(changes).length > 0).map((state) => state.__id__);
}

/** A failed command's last words, or else what Salt says. */
function reasonOf({ changes, comment }: AppliedState): string {
  const words = typeof changes.stderr === 'string' ? changes.stderr.trim() : '';
  return words === '' ? (comment.split('\n')[0] ?? '') : (words.split('\n').at(-1) ?? '');
}
