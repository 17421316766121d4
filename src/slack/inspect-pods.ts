import type { ClusterQuestion } from '../queue/jobs.ts';
import type { Answer } from './answer.ts';
import { type Asking, explainingSilence, inspected } from './inspected.ts';
import { podsAnswer } from './texts/pods-answer.ts';

/** Has a worker look at a cluster's nodes and pods, and shows them. */
export async function showPods(question: ClusterQuestion, asking: Asking): Promise<Answer> {
  const { cluster } = question;
  const looking = inspected(asking.context, 'inspect-pods', question);
  return podsAnswer(cluster, await explainingSilence(asking, `the nodes and pods of ${cluster}`, looking));
}
