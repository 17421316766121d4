import { type Changeable, changeables, type SpecChange } from '../clusters/change.ts';
import { policyFor, refusalToChange } from '../clusters/policy.ts';
import { type Deciding, lookedUp } from './admit.ts';
import type { Answer } from './answer.ts';
import type { Attempt } from './attempt.ts';
import { record } from './record.ts';
import { refusedAnswer } from './texts/answers.ts';
import { changeableWords } from './texts/cluster-texts.ts';

type Refusal = NonNullable<ReturnType<typeof refusalToChange>>;

/**
 * Decides whether somebody who may ask for a cluster may ask for it with these changes. Answers undefined when they may,
 * or why not, which it writes into the audit log. Throws a DeployError when Slack does not say who is in a group.
 */
export async function admitChanges(
  changes: readonly SpecChange[],
  cluster: string,
  attempt: Attempt,
  deciding: Deciding,
): Promise<Answer | undefined> {
  for (const { what } of changes) {
    const refusal = await lookedUp(attempt, deciding, () => refusalFor(what, cluster, attempt.user, deciding));
    if (refusal === undefined) continue;
    await record(attempt, { allowed: false, rule: refusal.reason }, deciding.context);
    return refusedAnswer(refusal, `change the ${changeableWords[what]} of ${cluster}`);
  }
  return undefined;
}

/** Why somebody may not change things of a cluster, by each that they may not. Throws as `admitChanges` does. */
export async function refusedChanges(
  cluster: string,
  user: string,
  deciding: Deciding,
): Promise<ReadonlyMap<Changeable, Refusal>> {
  const found = await Promise.all(
    changeables.map(async (what) => [what, await refusalFor(what, cluster, user, deciding)] as const),
  );
  return new Map(found.flatMap(([what, refusal]) => (refusal === undefined ? [] : [[what, refusal]])));
}

/** Whom one key names in person another may name by a group, so each is looked up by itself. */
async function refusalFor(
  what: Changeable,
  cluster: string,
  user: string,
  { people, context }: Deciding,
): Promise<Refusal | undefined> {
  const policy = policyFor(context.policy, cluster);
  const named = policy.change?.[what];
  return named && refusalToChange(what, policy, await people.find(user, named));
}
