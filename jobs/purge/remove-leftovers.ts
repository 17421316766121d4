import { DeployError, isConflict } from '../../src/errors.ts';
import { deleteFloatingIp } from '../../src/openstack/neutron/floating-ips.ts';
import { deleteSecurityGroup } from '../../src/openstack/neutron/security-groups.ts';
import { deleteLoadBalancer, type LoadBalancer } from '../../src/openstack/octavia/load-balancers.ts';
import type { Again, Run } from '../run.ts';
import { findLeftovers, type Leftovers } from './leftovers.ts';

/** Octavia takes minutes with a load balancer at most; one that takes longer has lost its worker. */
const giveUpMs = 30 * 60_000;

/** Seconds between two looks at load balancers that are going. */
const pollSeconds = 3;

/**
 * Removes what the controllers of these clusters have made, as far as it stands in the way of their networks. Undefined
 * when nothing does any more; else it is to be called again.
 */
export async function clearWay(run: Run, clusters: ReadonlySet<string>): Promise<Again | undefined> {
  return removeLeftovers(run, await findLeftovers(run, clusters));
}

/** The same for what has been found already. */
export async function removeLeftovers(run: Run, leftovers: Leftovers): Promise<Again | undefined> {
  const { loadBalancers, floatingIps, securityGroups } = leftovers;
  if (loadBalancers.length + floatingIps.length + securityGroups.length === 0) return undefined;
  const { openstack, step, signal } = run;
  await step.checkpoint();
  for (const balancer of loadBalancers) await remove(run, balancer);
  for (const { id } of floatingIps) await deleteFloatingIp(openstack.neutron, id, signal);
  for (const { id } of securityGroups) await removeGroup(run, id);
  return loadBalancers.length === 0 ? undefined : waitFor(run, loadBalancers);
}

/** While something else is done to a load balancer, it refuses to go; then it is asked again at the next look. */
async function remove({ openstack, signal }: Run, { id, provisioningStatus }: LoadBalancer): Promise<void> {
  if (provisioningStatus === 'PENDING_DELETE') return;
  try {
    await deleteLoadBalancer(openstack.octavia, id, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

/** The servers' ports may have the group. It stands in nobody's way, and goes once they are gone. */
async function removeGroup({ openstack, signal, log }: Run, id: string): Promise<void> {
  try {
    await deleteSecurityGroup(openstack.neutron, id, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    log.info({ securityGroup: id }, 'a security group is still in use');
  }
}

async function waitFor({ step }: Run, loadBalancers: readonly LoadBalancer[]): Promise<Again> {
  const [first] = loadBalancers;
  if (first !== undefined && Date.now() - step.startedAt > giveUpMs) throw doesNotGo(first);
  return step.again({ afterSeconds: pollSeconds });
}

function doesNotGo({ id, name, provisioningStatus }: LoadBalancer): DeployError {
  return new DeployError(
    'purge_stuck',
    `The load balancer ${name} is still there after half an hour, as ${provisioningStatus}`,
    {
      hint: 'Ask the cloud’s operators to look at Octavia; then tear the cluster down again',
      detail: { loadBalancer: id },
    },
  );
}
