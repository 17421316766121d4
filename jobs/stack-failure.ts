import { listStackEvents } from '../src/openstack/heat/events.ts';
import { firstFailure } from '../src/openstack/heat/failure.ts';
import type { StackRef } from '../src/openstack/heat/stacks.ts';
import type { Run } from './run.ts';

/** How deep the cluster's template nests: the group of nodes, and each node's own stack. */
export const nestedDepth = 2;

/** What a stack failed at, in words: its first failed resource and that one's reason, or else the stack's own. */
export async function whatFailed(
  { openstack, signal }: Pick<Run, 'openstack' | 'signal'>,
  ref: StackRef,
  statusReason: string,
): Promise<string> {
  const failure = firstFailure(await listStackEvents(openstack.heat, ref, { nestedDepth }, signal));
  return failure ? `${failure.resource} (${failure.resourceType}): ${failure.reason}` : statusReason;
}
