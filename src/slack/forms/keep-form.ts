import type { Answer } from '../answer.ts';
import { extendCluster } from '../extend-cluster.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { farthestEndText, pastEndText } from '../texts/form-texts.ts';
import { otherClusterAnswer } from '../texts/lifetime-answers.ts';
import type { Entered, Form, Submission } from './form.ts';
import { inputs } from './inputs.ts';

/** Keeps the cluster of a card until a day and a time, and never a later one of its name. */
export const keepForm: Form = {
  needs: 'extend',
  about: ({ memory }) => memory,
  check(entered, { clusters, now = Date.now }) {
    const leftMs = endIn(entered) - now();
    if (!(leftMs > 0)) return { [inputs.until]: pastEndText() };
    const maxMs = clusters.get(entered.memory.cluster ?? '')?.lifetime?.maxMs;
    return maxMs !== undefined && leftMs > maxMs ? { [inputs.until]: farthestEndText(maxMs) } : {};
  },
  run: runKeep,
};

async function runKeep(submission: Submission): Promise<Answer> {
  const { value, memory, user, context } = submission;
  const { cluster } = memory;
  if (cluster === undefined) return unknownDeploymentAnswer();
  const record = await context.known.find(cluster);
  if (record === undefined || record.deployment !== value.deployment) return otherClusterAnswer(cluster);
  const { now = Date.now } = context;
  return extendCluster(record, endIn(submission) - now(), user, context);
}

/** Milliseconds since the epoch; NaN without one. */
function endIn({ entries }: Entered): number {
  return Number(entries.get(inputs.until) ?? Number.NaN) * 1_000;
}
