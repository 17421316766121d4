import { type Changeable, changeables, type SpecChange } from '../clusters/change.ts';
import { type Policies, policyFor, refusalToChange } from '../clusters/policy.ts';
import { isAnybodysCode } from '../config/kubernetes-source.ts';
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
  for (const change of changes) {
    const { what } = change;
    const refusal =
      (await lookedUp(attempt, deciding, () => refusalFor(what, cluster, attempt.user, deciding))) ??
      refusalOfCode(change, cluster, deciding);
    if (refusal === undefined) continue;
    await record(attempt, { allowed: false, rule: refusal.reason }, deciding.context);
    return refusedAnswer(refusal, `change the ${changeableWords[what]} of ${cluster}`);
  }
  return undefined;
}

/**
 * True for a version that nobody may ask for: whoever may ask for clusters may not yet run the code of strangers, which
 * takes a policy that names people for it.
 */
export function isUnnamedCode(version: string, cluster: string, policies: Policies): boolean {
  return policyFor(policies, cluster).change?.version === undefined && isAnybodysCode(version);
}

function refusalOfCode({ what, to }: SpecChange, cluster: string, { context }: Deciding): Refusal | undefined {
  if (what !== 'version' || !isUnnamedCode(String(to), cluster, context.policy)) return undefined;
  return { allowed: false, reason: 'anybodys-code', named: [] };
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
