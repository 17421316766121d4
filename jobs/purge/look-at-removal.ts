import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { stackName } from '../../src/clusters/names.ts';
import type { Removal } from '../../src/clusters/removal.ts';
import { parseStackLabel } from '../../src/clusters/stack.ts';
import { listStackResources } from '../../src/openstack/heat/resources.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import type { Tools } from '../run.ts';
import { nestedDepth } from '../stack-failure.ts';
import { findLeftovers, volumesOf } from './leftovers.ts';

const nothing: Removal = { resources: 0, servers: 0, loadBalancers: 0, floatingIps: 0, volumes: [] };

/** What tearing a cluster down would find: its stack, and what its own controllers have made. Changes nothing. */
export async function lookAtRemoval(
  spec: ClusterSpec,
  { openstack: connect, log }: Pick<Tools, 'openstack' | 'log'>,
  signal: AbortSignal,
): Promise<Removal> {
  const looking = { openstack: connect(spec), log, signal };
  const { heat } = looking.openstack;
  const stack = await findStack(heat, stackName(spec.name), signal);
  if (stack === undefined) return nothing;
  const resources = await listStackResources(heat, stack, { nestedDepth }, signal);
  const seen = {
    stack: stack.name,
    resources: resources.length,
    servers: resources.filter(({ type }) => type === 'OS::Nova::Server').length,
  };
  const label = parseStackLabel(stack.parameters);
  if (label?.cluster !== spec.name) return { ...nothing, ...seen };
  const clusters = new Set([label.deployment]);
  const [leftovers, volumes] = await Promise.all([findLeftovers(looking, clusters), volumesOf(looking, clusters)]);
  return {
    ...seen,
    loadBalancers: leftovers.loadBalancers.length,
    floatingIps: leftovers.floatingIps.length,
    volumes: volumes.map(({ id, name, size }) => ({ name: name || id, gib: size })),
  };
}
