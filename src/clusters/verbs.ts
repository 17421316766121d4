/**
 * Who may use a verb where `policy.commands` does not name it:
 * `ask`: who may ask for clusters or approve; `inside`: these, and all who may have a credential; `read`: these, and whom
 * `policy.read` names; `look`: the same, but every full member of the workspace while `policy.read` is left out;
 * `credential`: who is named for a level of access; `terms`: the terms of the deployment that is decided about; `member`:
 * every full member of the workspace, whatever the policy says.
 */
export type Audience = 'ask' | 'inside' | 'read' | 'look' | 'credential' | 'terms' | 'member';

interface VerbFacts {
  readonly audience: Audience;
  /** True for what makes, changes, stops or hands something out: the audit channel is told of it. */
  readonly changes: boolean;
}

const facts = {
  up: { audience: 'ask', changes: true },
  down: { audience: 'ask', changes: true },
  cancel: { audience: 'ask', changes: true },
  retry: { audience: 'ask', changes: true },
  extend: { audience: 'ask', changes: true },
  scale: { audience: 'ask', changes: true },
  upgrade: { audience: 'ask', changes: true },
  plan: { audience: 'read', changes: false },
  status: { audience: 'look', changes: false },
  list: { audience: 'look', changes: false },
  pods: { audience: 'inside', changes: false },
  topology: { audience: 'inside', changes: false },
  kubeconfig: { audience: 'credential', changes: true },
  logs: { audience: 'ask', changes: false },
  releases: { audience: 'read', changes: false },
  doctor: { audience: 'read', changes: false },
  history: { audience: 'look', changes: false },
  approve: { audience: 'terms', changes: true },
  deny: { audience: 'terms', changes: true },
  change: { audience: 'terms', changes: true },
  form: { audience: 'member', changes: false },
  'tell-me': { audience: 'member', changes: false },
  help: { audience: 'member', changes: false },
} as const satisfies Record<string, VerbFacts>;

/** What a command or a button needs its user to be allowed. The names are stored in the audit log: renaming one is a migration. */
export type Verb = keyof typeof facts;

/** Every verb, in the order of help. */
export const verbs = Object.keys(facts) as Verb[];

/** The verbs that `policy.commands` may name. What is decided by a deployment's terms or by nobody is not among them. */
export const namedVerbs = verbs.filter((verb) => !['terms', 'member'].includes(facts[verb].audience));

/** Who may use a verb, where the policy says nothing more. */
export function audienceOf(verb: Verb): Audience {
  return facts[verb].audience;
}

/** Does it make, change, stop or hand out anything? */
export function changesSomething(verb: Verb): boolean {
  return facts[verb].changes;
}
