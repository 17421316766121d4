import { maySeeInside, namedForAccess, type Policy } from '../clusters/policy.ts';
import type { ClusterQuestion } from '../queue/jobs.ts';
import type { Answer } from './answer.ts';
import { type Asking, explainingSilence, inspected } from './inspected.ts';
import { refusedAnswer } from './texts/answers.ts';
import { podsAnswer } from './texts/pods-answer.ts';

/** Why somebody may not see what runs in clusters; undefined for somebody who may. */
export async function refusedInside({ user, people, context: { policy } }: Asking): Promise<Answer | undefined> {
  const person = await people.find(user, namedForLooking(policy));
  const verdict = maySeeInside(policy, person);
  return verdict.allowed ? undefined : refusedAnswer(verdict, 'see what runs in clusters');
}

function namedForLooking(policy: Policy): string[] {
  return [...policy.request, ...policy.approve.from, ...namedForAccess(policy)];
}

/** Has a worker look at a cluster's nodes and pods, and shows them. */
export async function showPods(question: ClusterQuestion, asking: Asking): Promise<Answer> {
  const { cluster } = question;
  const looking = inspected(asking.context, 'inspect-pods', question);
  return podsAnswer(cluster, await explainingSilence(asking, `the nodes and pods of ${cluster}`, looking));
}
