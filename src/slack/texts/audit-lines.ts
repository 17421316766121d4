import type { AuditEntry } from '../../clusters/audit-entry.ts';
import type { Deployment } from '../../clusters/deployment.ts';
import { code, date, mention, oneLine } from '../views/mrkdwn.ts';
import { actionWords } from './cluster-texts.ts';

/** Reasons in words; the rules that allowed something are keys of clusters.yaml, but for two. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['not-named', 'the policy does not name them'],
  ['not-an-approver', 'they are no approver of this'],
  ['own-request', 'it was their own request'],
  ['own-change', 'it was their own change'],
  ['no-access', 'the policy gives them no access'],
  ['anybodys-code', 'it may be anybody’s code, for which the policy names nobody'],
  ['guest', 'a guest'],
  ['bot', 'a bot'],
  ['deleted', 'an account that is switched off'],
  ['stranger', 'somebody of another workspace'],
  ['unidentified', 'Slack did not say who it was'],
  ['requester', 'they asked for it'],
  ['members', 'open to all members'],
]);

/** How somebody asked for it; a slash command is the usual way. */
const ways: Readonly<Record<AuditEntry['surface'], string>> = {
  command: '',
  button: ' by a button',
  mention: ' by a mention',
  shortcut: ' by a shortcut',
  form: ' by a form',
};

/** One decision in one line. */
export function auditLine({ at, who, verb, cluster, surface, allowed, rule }: AuditEntry): string {
  const what = [verb, ...(cluster === undefined ? [] : [cluster])].join(' ');
  const why = reasons.get(rule) ?? `policy.${rule}`;
  const verdict = allowed ? `allowed: ${oneLine(why, 100)}` : `*refused*: ${oneLine(why, 100)}`;
  return `${allowed ? '✓' : '✗'} ${date(at)} · ${person(who)} · ${code(what, 100)}${ways[surface]} · ${verdict}`;
}

/** What became of a deployment that is over, in one line. */
export function outcomeLine(deployment: Deployment): string {
  const { finishedAt, requestedAt, cluster, action, requestedBy } = deployment;
  const what = `${actionWords[action].doing} *${oneLine(cluster, 60)}*`;
  return `${outcomeMark(deployment)} ${date(finishedAt ?? requestedAt)} · ${what} ${outcome(deployment)} · asked for by ${person(requestedBy)}`;
}

function outcomeMark({ state }: Deployment): string {
  if (state === 'succeeded') return '✓';
  return state === 'failed' ? '✗' : '–';
}

function outcome({ state, deniedBy, cancelledBy }: Deployment): string {
  switch (state) {
    case 'denied':
    case 'cancelled':
      return `was ${state}${by(state === 'denied' ? deniedBy : cancelledBy)}`;
    default:
      return state;
  }
}

function by(id: string | undefined): string {
  return id === undefined ? '' : ` by ${person(id)}`;
}

/** Ids come back from Redis here: what has not the shape of one is shown as text. */
function person(id: string): string {
  return /^[A-Z0-9]{2,}$/.test(id) ? mention(id) : code(id, 40);
}
