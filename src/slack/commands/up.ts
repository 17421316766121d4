import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { policyFor } from '../../clusters/policy.ts';
import { UsageError } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { within } from '../extend-cluster.ts';
import { type Standing, standingOf } from '../standing.ts';
import { brokenAnswer, busyAnswer, planningAnswer, startingAnswer, upAlreadyAnswer } from '../texts/answers.ts';
import type { Command, CommandCall } from './command.ts';
import { readTime } from './extend.ts';

export const up: Command = {
  name: 'up',
  needs: 'up',
  arguments: 'CLUSTER',
  flags: [{ name: 'ttl', value: 'TIME', summary: 'how long it stays, such as 90m, 8h or 2d' }],
  summary: 'bring a cluster up',
  details:
    'Looks at the cloud and posts a card with the plan. Nothing is made before the plan is approved on the card.',
  examples: ['/k8s up staging', '/k8s up staging --ttl 4h'],
  run: runUp,
};

async function runUp(call: CommandCall): Promise<Answer> {
  const standing = await standingOf(call.words[0] ?? '', call.context);
  return inTheWay(standing) ?? request(livingFor(specOf(standing), call.flags.get('ttl')), call);
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

/** The spec with the lifetime that was asked for. Throws a UsageError for a time that is none, or too long. */
function livingFor(spec: ClusterSpec, time: string | undefined): ClusterSpec {
  if (time === undefined) return spec;
  if (spec.protected) {
    throw new UsageError(`${spec.name} is protected, so it stays until somebody tears it down`, {
      hint: 'Ask for it without --ttl',
    });
  }
  return {
    ...spec,
    lifetime: { ...spec.lifetime, defaultMs: within(readTime(time), spec.lifetime?.maxMs, spec.name) },
  };
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
