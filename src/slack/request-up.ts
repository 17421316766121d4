import { changesBetween } from '../clusters/change.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { policyFor } from '../clusters/policy.ts';
import { UsageError } from '../errors.ts';
import type { Deciding } from './admit.ts';
import { admitChanges } from './admit-changes.ts';
import type { Answer } from './answer.ts';
import type { Attempt } from './attempt.ts';
import type { SlackContext } from './context.ts';
import { override, type Wishes } from './override.ts';
import { requestDeployment } from './request-deployment.ts';
import { type Standing, standingOf } from './standing.ts';
import { brokenAnswer, planningAnswer, startingAnswer, upAlreadyAnswer } from './texts/answers.ts';

/**
 * Asks for a cluster, for whoever may: that has been decided. What they want otherwise than clusters.yaml has it is
 * decided here.
 *
 * @throws UsageError for a cluster that nobody knows, and for wishes that cannot be.
 */
export async function requestUp(name: string, wishes: Wishes, attempt: Attempt, deciding: Deciding): Promise<Answer> {
  const standing = await standingOf(name, deciding.context);
  const there = inTheWay(standing);
  if (there !== undefined) return there;
  const described = specOf(standing);
  const spec = override(described, wishes);
  const refusal = await admitChanges(changesBetween(described, spec), name, attempt, deciding);
  return refusal ?? request(spec, attempt.user, deciding.context);
}

/** What is there already, unless something is under way: then the lock says more. */
function inTheWay({ record, active }: Standing): Answer | undefined {
  if (record === undefined || active !== undefined) return undefined;
  return record.state === 'up' ? upAlreadyAnswer(record) : brokenAnswer(record);
}

function specOf({ name, spec }: Standing): ClusterSpec {
  if (spec !== undefined) return spec;
  throw new UsageError(`clusters.yaml does not describe ${name} any more`, {
    hint: 'Describe it there and restart Slipway; until then it can only be torn down',
  });
}

function request(spec: ClusterSpec, user: string, context: SlackContext): Promise<Answer> {
  const terms = policyFor(context.policy, spec.name).approve;
  return requestDeployment(
    { action: 'up', spec, requestedBy: user, channel: spec.channel, terms },
    terms.count === 0 ? startingAnswer : planningAnswer,
    context,
  );
}
