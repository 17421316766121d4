import { stackName } from '../src/clusters/names.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import type { StepResults } from '../src/clusters/steps.ts';
import { NameTakenError, StackFailedError } from '../src/errors.ts';
import { listStackResources } from '../src/openstack/heat/resources.ts';
import type { Stack, StackSummary } from '../src/openstack/heat/stack.ts';
import { findStack, getStack, deleteStack as requestDeletion, type StackRef } from '../src/openstack/heat/stacks.ts';
import { clearWay } from './purge/remove-leftovers.ts';
import type { Again, Run } from './run.ts';
import { explainFailure, nestedDepth } from './stack-failure.ts';
import { parseStackMarker, stackMarker } from './stack-marker.ts';
import { pollSeconds } from './stack-watches.ts';

/** Heat often succeeds at the second go, when a port or an address has been let go of meanwhile. */
const maxDeletions = 3;

/** A deletion that goes on for longer than this has lost its heat-engine. */
const giveUpMs = 45 * 60_000;

/**
 * Deletes the cluster's stack and waits until its name is free again. No stack is success. The step's marker holds the
 * stack, and how many deletions Heat is known to have taken: 0 from when it was found until then.
 */
export async function deleteStack(run: Run): Promise<StepResults['delete-stack'] | Again> {
  const { deployment, step, tools, signal } = run;
  const begun = parseStackMarker(step.marker);
  if (begun === undefined) return begin(run);

  const ref = { name: stackName(deployment.cluster), id: begun.id };
  const deletions = Number(begun.place);
  const { stack, news } = await tools.stackWatch(deployment.spec).look(ref, () => readNews(run, ref), signal);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return finish(run, ref);
  if (deletions === 0) return ask(run, stack, 1);
  if (Date.now() - step.startedAt > giveUpMs) throw heatIsStuck(ref);
  if (stack.state !== 'IN_PROGRESS') return tryAgain(run, stack, deletions);
  if (news !== undefined) await step.report({ text: news });
  return step.again({ afterSeconds: pollSeconds });
}

async function begin(run: Run): Promise<StepResults['delete-stack'] | Again> {
  const { openstack, deployment, step, signal } = run;
  const existing = await findStack(openstack.heat, stackName(deployment.cluster), signal);
  if (existing === undefined) return { existed: false };
  assertOurs(existing, deployment.cluster);
  // Noted first: whoever takes over from here may find it gone, and must not say that there never was one.
  await step.report({ text: `deleting ${existing.name}` }, { marker: stackMarker({ id: existing.id, place: '0' }) });
  return ask(run, existing, 1);
}

/** Heat ended without the stack being gone: it failed, or somebody made it do something else. */
async function tryAgain(run: Run, stack: StackSummary, deletions: number): Promise<Again> {
  // Heat may not have begun yet; asking once more does no harm, and is no failure.
  if (stack.action !== 'DELETE') return ask(run, stack, deletions);
  if (deletions >= maxDeletions) return couldNotDelete(run, stack);
  return (await clearOnceMore(run, stack)) ?? ask(run, stack, deletions + 1);
}

/** As long as its servers ran, the cluster's controllers may have made load balancers in its network anew. */
async function clearOnceMore(run: Run, stack: StackRef): Promise<Again | undefined> {
  const { parameters } = await getStack(run.openstack.heat, stack, { resolveOutputs: false }, run.signal);
  const label = parseStackLabel(parameters);
  return label && clearWay(run, new Set([label.deployment]));
}

async function ask({ openstack, step, signal }: Run, stack: StackRef, deletions: number): Promise<Again> {
  await step.checkpoint();
  await requestDeletion(openstack.heat, stack, signal);
  const marker = stackMarker({ id: stack.id, place: String(deletions) });
  await step.report({ text: `deleting ${stack.name}` }, { marker });
  return step.again({ afterSeconds: pollSeconds });
}

/** A stack keeps its name for a moment after it is gone. Another one of that name is none of this step's business. */
async function finish({ openstack, step, signal }: Run, ref: StackRef): Promise<StepResults['delete-stack'] | Again> {
  const holder = await findStack(openstack.heat, ref.name, signal);
  return holder?.id === ref.id ? step.again({ afterSeconds: pollSeconds }) : { existed: true };
}

/** How much is left, if that is not what was told last. */
async function readNews({ openstack, deployment, signal }: Run, ref: StackRef): Promise<string | undefined> {
  const resources = await listStackResources(openstack.heat, ref, { nestedDepth }, signal);
  const left = resources.filter(({ status }) => status !== 'DELETE_COMPLETE').length;
  const text = `${left} resources left`;
  return deployment.steps['delete-stack']?.progress?.text === text ? undefined : text;
}

/** Only what Slipway made for this very cluster may go. */
function assertOurs(stack: Stack, cluster: string): void {
  if (parseStackLabel(stack.parameters)?.cluster === cluster) return;
  throw new NameTakenError(`The stack ${stack.name} was not made by Slipway for ${cluster}, so it is left alone`, {
    hint: 'If it is to go, delete it with OpenStack’s own tools',
    detail: { stack: stack.id },
  });
}

function heatIsStuck({ name, id }: StackRef): StackFailedError {
  return new StackFailedError(`Heat has been deleting ${name} for 45 minutes`, {
    hint: 'Ask the cloud’s operators whether heat-engine runs; then tear the cluster down again',
    detail: { stack: id },
  });
}

async function couldNotDelete(run: Run, stack: StackSummary): Promise<never> {
  const { reason, excerpt, detail } = await explainFailure(run, stack, stack.statusReason);
  throw new StackFailedError(`Heat could not delete ${stack.name}: ${reason}`, {
    hint: 'Remove what holds on to it, then tear the cluster down again',
    excerpt,
    detail: { stack: stack.id, ...detail },
  });
}
