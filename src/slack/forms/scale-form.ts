import type { Answer } from '../answer.ts';
import { readCount } from '../read-count.ts';
import { requestScale } from '../request-scale.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { otherClusterAnswer } from '../texts/change-answers.ts';
import type { Form, Submission } from './form.ts';
import { inputs } from './inputs.ts';

/** Asks for another number of nodes of the cluster of a card, and never of a later one of its name. */
export const scaleForm: Form = { needs: 'scale', about: ({ memory }) => memory, run: runScale };

async function runScale(submission: Submission): Promise<Answer> {
  const { entries, memory, context } = submission;
  const { cluster, deployment } = memory;
  if (cluster === undefined) return unknownDeploymentAnswer();
  const record = await context.known.find(cluster);
  if (record === undefined || record.deployment !== deployment) return otherClusterAnswer(cluster);
  return requestScale({ name: cluster, record }, readCount(entries.get(inputs.nodes) ?? ''), submission);
}
