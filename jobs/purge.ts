import { stackName } from '../src/clusters/names.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import type { PurgeResult } from '../src/clusters/steps.ts';
import { findStack } from '../src/openstack/heat/stacks.ts';
import { findLeftovers, type Leftovers, volumesOf } from './purge/leftovers.ts';
import { type PurgeMarker, parsePurgeMarker, purgeMarker, withLeftovers } from './purge/purge-marker.ts';
import { removeLeftovers } from './purge/remove-leftovers.ts';
import type { Again, Run } from './run.ts';

const nothing: PurgeResult = { loadBalancers: 0, floatingIps: 0, securityGroups: 0, volumes: [] };

/**
 * Removes the load balancers, floating IPs and security groups that the cluster's own controllers have made: their ports
 * are in the cluster's network, and Heat cannot delete that as long as they are there. It comes before the servers go,
 * since nobody is left afterwards who could tell; what is made anew meanwhile, the step delete-stack finds. Volumes are
 * only counted.
 */
export async function purge(run: Run): Promise<PurgeResult | Again> {
  const begun = parsePurgeMarker(run.step.marker) ?? (await beginning(run));
  if (begun === undefined) return nothing;

  const found = await findLeftovers(run, new Set([begun.cluster]));
  const met = await note(run, withLeftovers(begun, found), found);
  const again = await removeLeftovers(run, found);
  if (again !== undefined) return again;

  const volumes = await volumesOf(run, new Set([met.cluster]));
  return {
    loadBalancers: met.loadBalancers.length,
    floatingIps: met.floatingIps.length,
    securityGroups: met.securityGroups.length,
    volumes: volumes.map(({ id, name }) => name || id),
  };
}

/** The stack says whose controllers to look for. Without one, or with one that is not ours, there is nothing to remove. */
async function beginning({ openstack, deployment, signal }: Run): Promise<PurgeMarker | undefined> {
  const stack = await findStack(openstack.heat, stackName(deployment.cluster), signal);
  const label = stack && parseStackLabel(stack.parameters);
  if (label?.cluster !== deployment.cluster) return undefined;
  return { cluster: label.deployment, loadBalancers: [], floatingIps: [], securityGroups: [] };
}

function hasMet({ loadBalancers, floatingIps, securityGroups }: PurgeMarker): boolean {
  return loadBalancers.length + floatingIps.length + securityGroups.length > 0;
}

/** Before it goes: whoever takes over from here must not tell that there was nothing. */
async function note({ step }: Run, met: PurgeMarker, found: Leftovers): Promise<PurgeMarker> {
  const marker = purgeMarker(met);
  const { loadBalancers, floatingIps } = found;
  const text = `load balancers that are going: ${loadBalancers.length}, floating IPs: ${floatingIps.length}`;
  if (hasMet(met) && step.marker !== marker) await step.report({ text }, { marker });
  return met;
}
