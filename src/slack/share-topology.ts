import type { ClusterQuestion } from '../queue/jobs.ts';
import type { Answer } from './answer.ts';
import { type Asking, explainingSilence } from './inspected.ts';
import { topologyAnswer } from './texts/topology-answers.ts';

/**
 * Until a worker takes it on, the looks at Heat and then at the other services, the drawing, and Slack's upload: a few
 * seconds where all is well.
 */
const deadlineMs = 100_000;

/** Has a worker draw what a cluster is made of and post the picture, and says where it is. */
export async function shareTopology(question: ClusterQuestion, asking: Asking): Promise<Answer> {
  const { user, context } = asking;
  const { producer, inspectionMs = deadlineMs } = context;
  const sharing = producer.shareTopology({ ...question, requestedBy: user }, inspectionMs);
  const shared = await explainingSilence(asking, `what ${question.cluster} is made of`, sharing);
  return topologyAnswer(question.cluster, shared);
}
