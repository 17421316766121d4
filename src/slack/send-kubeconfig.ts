import { mayAccess, namedForAccess } from '../clusters/policy.ts';
import type { ClusterQuestion } from '../queue/jobs.ts';
import type { Answer } from './answer.ts';
import { type Asking, explainingSilence } from './inspected.ts';
import { refusedAnswer } from './texts/answers.ts';
import { refusedKubeconfigAnswer, sentKubeconfigAnswer } from './texts/kubeconfig-answers.ts';

/**
 * Until a worker takes it on, the look at Swift, the cluster's signature and Slack's upload: each takes a second where
 * all is well.
 */
const deadlineMs = 90_000;

/**
 * Why somebody may have no credential for clusters; undefined for somebody who may. The worker asks the same again, and
 * what it finds is what counts.
 */
export async function refusedAccess({ user, people, context: { policy } }: Asking): Promise<Answer | undefined> {
  const person = await people.find(user, namedForAccess(policy));
  const verdict = mayAccess(policy, person);
  return verdict.allowed ? undefined : refusedAnswer(verdict, 'have a kubeconfig');
}

/** Has a worker make a credential for this person and send it by direct message, and says what became of that. */
export async function sendKubeconfig(question: ClusterQuestion, asking: Asking): Promise<Answer> {
  const { user, context } = asking;
  const { producer, inspectionMs = deadlineMs } = context;
  const sending = producer.sendKubeconfig({ ...question, requestedBy: user }, inspectionMs);
  const sent = await explainingSilence(asking, `${question.cluster}, for a kubeconfig`, sending);
  return sent.kind === 'sent'
    ? sentKubeconfigAnswer(question.cluster, sent)
    : refusedKubeconfigAnswer(question.cluster, sent);
}
