import { makerId } from '../../src/clusters/deployment.ts';
import { stackName } from '../../src/clusters/names.ts';
import { parseStackLabel } from '../../src/clusters/stack.ts';
import { NameTakenError, StackFailedError } from '../../src/errors.ts';
import type { Stack } from '../../src/openstack/heat/stack.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import type { Run } from '../run.ts';

/**
 * The stack of the cluster that a deployment changes.
 *
 * @throws StackFailedError when it is gone, NameTakenError when another cluster has its name by now.
 */
export async function theStack({
  openstack,
  deployment,
  signal,
}: Pick<Run, 'openstack' | 'deployment' | 'signal'>): Promise<Stack> {
  const { cluster } = deployment;
  const name = stackName(cluster);
  const stack = await findStack(openstack.heat, name, signal);
  if (stack === undefined || stack.action === 'DELETE') {
    throw new StackFailedError(`The Heat stack ${name} is gone, or is being deleted`, {
      hint: 'Find out who deleted it. What is left of the cluster can be torn down',
    });
  }
  if (parseStackLabel(stack.parameters)?.deployment === makerId(deployment)) return stack;
  throw new NameTakenError(`The stack ${name} is of another ${cluster} than the one that was to be changed`, {
    hint: `See what there is: /k8s status ${cluster}`,
    detail: { stack: stack.id },
  });
}
