import { stackName } from '../src/clusters/names.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import type { StepResults } from '../src/clusters/steps.ts';
import { NameTakenError, StackFailedError } from '../src/errors.ts';
import { listStackResources } from '../src/openstack/heat/resources.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { findStack, deleteStack as requestDeletion } from '../src/openstack/heat/stacks.ts';
import type { Again, Run } from './run.ts';
import { nestedDepth, whatFailed } from './stack-failure.ts';

const pollSeconds = 3;

/** Heat often succeeds at the second go, when a port or an address has been let go of meanwhile. */
const maxDeletions = 3;

/** A deletion that goes on for longer than this has lost its heat-engine. */
const giveUpMs = 45 * 60_000;

/**
 * Deletes the cluster's stack and waits until its name is free again. No stack is success. The step's marker counts the
 * deletions that were asked for.
 */
export async function deleteStack(run: Run): Promise<StepResults['delete-stack'] | Again> {
  const { openstack, deployment, step, signal } = run;
  const existing = await findStack(openstack.heat, stackName(deployment.cluster), signal);
  if (existing === undefined) return { existed: step.marker !== undefined };
  assertOurs(existing, deployment.cluster);

  const deletions = Number(step.marker ?? 0);
  const failed = existing.action === 'DELETE' && existing.state === 'FAILED';
  if (deletions === 0 || failed) {
    if (deletions >= maxDeletions) throw await explainFailure(run, existing);
    await step.checkpoint();
    await requestDeletion(openstack.heat, existing, signal);
    await step.report({ text: `deleting ${existing.name}` }, { marker: String(deletions + 1) });
    return step.again({ afterSeconds: pollSeconds });
  }
  if (Date.now() - step.startedAt > giveUpMs) throw heatIsStuck(existing);

  const left = (await listStackResources(openstack.heat, existing, { nestedDepth }, signal)).filter(
    ({ status }) => status !== 'DELETE_COMPLETE',
  );
  await step.report({ text: `${left.length} resources left` });
  return step.again({ afterSeconds: pollSeconds });
}

/** Only what Slipway made for this very cluster may go. */
function assertOurs(stack: Stack, cluster: string): void {
  if (parseStackLabel(stack.parameters)?.cluster === cluster) return;
  throw new NameTakenError(`The stack ${stack.name} was not made by Slipway for ${cluster}, so it is left alone`, {
    hint: 'If it is to go, delete it with OpenStack’s own tools',
    detail: { stack: stack.id },
  });
}

function heatIsStuck({ name, id }: Stack): StackFailedError {
  return new StackFailedError(`Heat has been deleting ${name} for 45 minutes`, {
    hint: 'Ask the cloud’s operators whether heat-engine runs; then tear the cluster down again',
    detail: { stack: id },
  });
}

async function explainFailure(run: Run, stack: Stack): Promise<StackFailedError> {
  return new StackFailedError(
    `Heat could not delete ${stack.name}: ${await whatFailed(run, stack, stack.statusReason)}`,
    {
      hint: 'Remove what holds on to it, then tear the cluster down again',
      detail: { stack: stack.id },
    },
  );
}
