import { controlPlaneName, nodeName } from '../../src/clusters/names.ts';
import type { NodeOfGroup } from '../../src/clusters/scaling.ts';
import { listStackResources } from '../../src/openstack/heat/resources.ts';
import type { StackRef } from '../../src/openstack/heat/stacks.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';

/** The groups of templates/heat/cluster.yaml, and how their servers are called. */
const groups = {
  'control-plane': { group: 'control_plane_group', nameOf: controlPlaneName },
  node: { group: 'node_group', nameOf: nodeName },
} as const;

export type Role = keyof typeof groups;

/** A server of a group as the stack has it. */
export interface Member extends Omit<NodeOfGroup, 'ready'> {
  /** False for one that Heat could not make, or could not change, or whose first boot failed. */
  readonly whole: boolean;
}

/** The servers of a role that a stack is made of, by their numbers. Outputs do not tell of those that failed. */
export async function membersOf(
  heat: ServiceClient,
  ref: StackRef,
  cluster: string,
  signal: AbortSignal,
  role: Role = 'node',
): Promise<Member[]> {
  const { group, nameOf } = groups[role];
  const resources = await listStackResources(heat, ref, { nestedDepth: 1 }, signal);
  return resources
    .filter(({ parent, status }) => parent === group && status !== 'DELETE_COMPLETE')
    .map(({ name, state }) => ({
      index: Number(name),
      name: nameOf(cluster, Number(name)),
      whole: state !== 'FAILED',
    }))
    .sort((one, other) => one.index - other.index);
}
