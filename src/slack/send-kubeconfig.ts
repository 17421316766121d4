import type { ClusterQuestion } from '../queue/jobs.ts';
import type { Answer } from './answer.ts';
import { type Asking, explainingSilence } from './inspected.ts';
import { refusedKubeconfigAnswer, sentKubeconfigAnswer } from './texts/kubeconfig-answers.ts';

/**
 * Until a worker takes it on, the look at Swift, the cluster's signature and Slack's upload: each takes a second where
 * all is well.
 */
const deadlineMs = 90_000;

/**
 * Has a worker make a credential for this person and send it by direct message, and says what became of that. The worker
 * asks once more whether they may have one, and what it finds is what counts.
 */
export async function sendKubeconfig(question: ClusterQuestion, asking: Asking): Promise<Answer> {
  const { user, context } = asking;
  const { producer, inspectionMs = deadlineMs } = context;
  const sending = producer.sendKubeconfig({ ...question, requestedBy: user }, inspectionMs);
  const sent = await explainingSilence(asking, `${question.cluster}, for a kubeconfig`, sending);
  return sent.kind === 'sent'
    ? sentKubeconfigAnswer(question.cluster, sent)
    : refusedKubeconfigAnswer(question.cluster, sent);
}
