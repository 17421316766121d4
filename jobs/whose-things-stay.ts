import { stackName } from '../src/clusters/names.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import { findStack } from '../src/openstack/heat/stacks.ts';
import type { Run } from './run.ts';

/**
 * Says of a deployment of this cluster whether what was made for it has to stay: that of the stack that is there. Nobody
 * but the deployment that asks is at work on the cluster, so that what belongs to any other one serves nobody.
 */
export async function whoseThingsStay({
  openstack,
  deployment,
  signal,
}: Run): Promise<(deployment: string) => boolean> {
  const stack = await findStack(openstack.heat, stackName(deployment.cluster), signal);
  if (stack === undefined) return () => false;
  const owner = parseStackLabel(stack.parameters)?.deployment;
  // Of a stack that does not say whose it is nobody knows what it needs.
  return owner === undefined ? () => true : (id) => id === owner;
}
