import type { StackRef } from '../../src/openstack/heat/stacks.ts';
import type { Run } from '../run.ts';
import { membersOf, type Role } from '../scale/members.ts';

/** A server that is to be upgraded. */
export interface UpgradedServer {
  readonly name: string;
  readonly role: Role;
  /** What kubeadm does on it: the first control plane upgrades the cluster, every other server itself. */
  readonly roleStep: 'apply' | 'node';
}

/** The servers of a cluster in the order in which they are upgraded: control planes before nodes, by their numbers. */
export async function serversOf(
  { openstack, deployment, signal }: Pick<Run, 'openstack' | 'deployment' | 'signal'>,
  stack: StackRef,
): Promise<UpgradedServer[]> {
  const { cluster } = deployment;
  const [controlPlanes, nodes] = await Promise.all([
    membersOf(openstack.heat, stack, cluster, signal, 'control-plane'),
    membersOf(openstack.heat, stack, cluster, signal, 'node'),
  ]);
  return [
    ...controlPlanes.map(
      ({ name }, place): UpgradedServer => ({
        ...{ name, role: 'control-plane', roleStep: place === 0 ? 'apply' : 'node' },
      }),
    ),
    ...nodes.map(({ name }): UpgradedServer => ({ name, role: 'node', roleStep: 'node' })),
  ];
}

/** Whether a server is emptied before: the only control plane is not, since its pods have nowhere to go. */
export function isDrained({ role }: UpgradedServer, servers: readonly UpgradedServer[]): boolean {
  return role === 'node' || servers.filter((server) => server.role === 'control-plane').length > 1;
}
