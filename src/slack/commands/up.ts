import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { policyFor } from '../../clusters/policy.ts';
import { UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { type Standing, standingOf } from '../standing.ts';
import { brokenAnswer, busyAnswer, planningAnswer, startingAnswer, upAlreadyAnswer } from '../texts/answers.ts';
import type { Command, CommandCall } from './command.ts';

export const up: Command = {
  name: 'up',
  needs: 'up',
  arguments: 'CLUSTER',
  summary: 'bring a cluster up',
  details:
    'Looks at the cloud and posts a card with the plan. Nothing is made before the plan is approved on the card.',
  examples: ['/k8s up staging'],
  run: runUp,
};

async function runUp(call: CommandCall): Promise<Answer> {
  const standing = await standingOf(call.words[0] ?? '', call.context);
  return inTheWay(standing) ?? request(specOf(standing), call);
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

async function request(spec: ClusterSpec, { context, user }: CommandCall): Promise<Answer> {
  const { deployments, policy, producer } = context;
  const terms = policyFor(policy, spec.name).approve;
  const outcome = await deployments.request({ action: 'up', spec, requestedBy: user, channel: spec.channel, terms });
  if (outcome.kind === 'busy') {
    return busyAnswer(spec.name, outcome.lock, await deployments.find(outcome.lock.deployment));
  }
  await producer.plan(outcome.deployment.id);
  return terms.count === 0 ? startingAnswer(outcome.deployment) : planningAnswer(outcome.deployment);
}
