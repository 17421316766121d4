import type { Outsider } from '../clusters/audit-entry.ts';
import { mayUse, namedFor, type Policies, type Policy, policyFor, type Verdict } from '../clusters/policy.ts';
import { audienceOf, type Verb } from '../clusters/verbs.ts';
import { DeployError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { Attempt } from './attempt.ts';
import type { SlackContext } from './context.ts';
import type { People } from './people.ts';
import { record } from './record.ts';
import { outsiderAnswer, refusedAnswer } from './texts/answers.ts';
import { verbText } from './texts/verb-texts.ts';

/** What a decision is taken with. */
export interface Deciding {
  readonly people: People;
  readonly context: SlackContext;
}

/**
 * The one place where it is decided whether somebody may do something; writes the decision into the audit log. Answers
 * undefined when they may, or why not. What a deployment's terms decide is left to whoever has the deployment: here it
 * is only seen to that no outsider comes that far. Throws a DeployError when Slack does not say who somebody is, or the
 * audit log cannot be written: then nothing may be done.
 */
export async function admit(attempt: Attempt, deciding: Deciding): Promise<Answer | undefined> {
  if (audienceOf(attempt.verb) === 'member') return admitMember(attempt, deciding);
  const { people, context } = deciding;
  const { user, team, verb, about } = attempt;
  const outsider = await lookedUp(attempt, deciding, () => people.outsider(user, team));
  if (outsider !== undefined) return refuseOutsider(outsider, attempt, deciding);
  if (audienceOf(verb) === 'terms') return undefined;

  const policy = policyFor(context.policy, about.cluster);
  const person = await lookedUp(attempt, deciding, () => people.find(user, namedFor(verb, policy)));
  return judged(mayUse(verb, policy, person, about.requestedBy), attempt, deciding);
}

/** Writes a verdict into the audit log, and answers why not where it says no. */
export async function judged(verdict: Verdict, attempt: Attempt, { context }: Deciding): Promise<Answer | undefined> {
  const { verb, about } = attempt;
  const rule = verdict.allowed ? verdict.rule : verdict.reason;
  await record(attempt, { allowed: verdict.allowed, rule }, context);
  return verdict.allowed ? undefined : refusedAnswer(verdict, verbText(verb, about.cluster));
}

/** Asks Slack about somebody; an attempt of somebody who cannot be told apart is a refused one. */
export async function lookedUp<Found>(
  attempt: Attempt,
  { context }: Deciding,
  lookUp: () => Promise<Found>,
): Promise<Found> {
  try {
    return await lookUp();
  } catch (error) {
    if (error instanceof DeployError) await record(attempt, { allowed: false, rule: 'unidentified' }, context);
    throw error;
  }
}

/** Which clusters somebody may use a verb for, where it tells of all of them. Throws a DeployError as `admit` does. */
export async function clustersFor(
  verb: Verb,
  user: string,
  { people, context }: Deciding,
): Promise<(cluster: string) => boolean> {
  // Whom one policy names in person another may name by a group, so each is asked by itself.
  const verdicts = await Promise.all(
    allOf(context.policy).map(async (policy): Promise<[Policy, boolean]> => {
      const person = await people.find(user, namedFor(verb, policy));
      return [policy, mayUse(verb, policy, person).allowed];
    }),
  );
  const allowed = new Map(verdicts);
  return (cluster) => allowed.get(policyFor(context.policy, cluster)) ?? false;
}

/** What every member may tells nobody more than the channel does: it is there while Slack or Redis is not, and no decision worth a line. */
async function admitMember(attempt: Attempt, deciding: Deciding): Promise<Answer | undefined> {
  const { people, context } = deciding;
  const { user, team } = attempt;
  const outsider = await people.outsider(user, team).catch((error: unknown) => {
    context.log.warn({ err: error, user }, 'letting somebody pass of whom Slack does not say who it is');
    return undefined;
  });
  return outsider === undefined ? undefined : refuseOutsider(outsider, attempt, deciding);
}

async function refuseOutsider(outsider: Outsider, attempt: Attempt, { context }: Deciding): Promise<Answer> {
  await record(attempt, { allowed: false, rule: outsider }, context);
  return outsiderAnswer(outsider);
}

function allOf(policies: Policies): readonly Policy[] {
  return [policies, ...(policies.clusters?.values() ?? [])];
}
