import { clusterObjects } from '../src/clusters/names.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import { StackFailedError } from '../src/errors.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { deleteStack } from '../src/openstack/heat/stacks.ts';
import { deleteObject } from '../src/openstack/swift/objects.ts';
import { clearWay } from './purge/remove-leftovers.ts';
import { type Again, type Run, resultOf } from './run.ts';
import { pollSeconds } from './stack-watches.ts';

/** A stack whose creation failed goes within minutes, or something holds on to it. */
const giveUpMs = 15 * 60_000;

/**
 * Clears the way for a stack of a deployment that is tried again: removes the one that failed, and what its servers have
 * told one another, which would send new ones into a cluster that is gone. `existing` is the stack of that name. Undefined
 * when nothing is in the way any more, also where that stack is whole or on its way; else it is to be called again.
 */
export async function clearLeftover(run: Run, existing: Stack | undefined): Promise<Again | undefined> {
  const { deployment, step } = run;
  if (deployment.steps.stack?.leftover === undefined || step.marker !== undefined) return undefined;
  if (existing === undefined) return forgetServers(run);
  const ours = parseStackLabel(existing.parameters)?.deployment === deployment.id;
  return ours && (existing.state === 'FAILED' || existing.action === 'DELETE') ? removeStack(run, existing) : undefined;
}

async function removeStack(run: Run, stack: Stack): Promise<Again> {
  const { openstack, deployment, step, signal } = run;
  if (Date.now() - step.startedAt > giveUpMs) throw doesNotGo(stack);
  const text = `removing the ${stack.name} that failed`;
  if (deployment.steps.stack?.progress?.text !== text) await step.report({ text });
  if (stack.state === 'IN_PROGRESS') return step.again({ afterSeconds: pollSeconds });
  const waiting = await clearWay(run, new Set([deployment.id]));
  if (waiting !== undefined) return waiting;
  await step.checkpoint();
  await deleteStack(openstack.heat, stack, signal);
  return step.again({ afterSeconds: pollSeconds });
}

async function forgetServers(run: Run): Promise<undefined> {
  const { openstack, deployment, signal } = run;
  const { container } = resultOf(deployment, 'credential');
  const { joinNode, joinControlPlane, adminConf, report } = clusterObjects(deployment.id);
  for (const object of [joinNode, joinControlPlane, adminConf, report]) {
    await deleteObject(openstack.swift, container, object, signal);
  }
}

function doesNotGo({ name, id, statusReason }: Stack): StackFailedError {
  return new StackFailedError(`The ${name} that failed is still there after a quarter of an hour: ${statusReason}`, {
    hint: 'Remove what holds on to it, then try again',
    detail: { stack: id },
  });
}
