import {
  clusterOfFloatingIp,
  clusterOfLoadBalancer,
  clusterOfSecurityGroup,
  clusterOfVolume,
} from '../../src/clusters/controllers-own.ts';
import { OpenStackError } from '../../src/errors.ts';
import { listVolumes, type Volume } from '../../src/openstack/cinder/volumes.ts';
import { type FloatingIp, listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { listSecurityGroups, type SecurityGroup } from '../../src/openstack/neutron/security-groups.ts';
import { type LoadBalancer, listLoadBalancers } from '../../src/openstack/octavia/load-balancers.ts';
import type { ServiceName } from '../../src/openstack/services.ts';
import type { Run } from '../run.ts';

/** What the controllers of a cluster have made in its project, and what nobody needs without that cluster. */
export interface Leftovers {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly floatingIps: readonly FloatingIp[];
  readonly securityGroups: readonly SecurityGroup[];
}

type Looking = Pick<Run, 'openstack' | 'signal' | 'log'>;

/** What is there of clusters with one of these ids. */
export async function findLeftovers(run: Looking, clusters: ReadonlySet<string>): Promise<Leftovers> {
  const { openstack, signal } = run;
  const isTheirs = (cluster: string | undefined) => cluster !== undefined && clusters.has(cluster);
  if (clusters.size === 0) return { loadBalancers: [], floatingIps: [], securityGroups: [] };
  const [balancers, addresses, groups] = await Promise.all([
    whereOffered(run, 'octavia', () => listLoadBalancers(openstack.octavia, {}, signal)),
    listFloatingIps(openstack.neutron, {}, signal),
    listSecurityGroups(openstack.neutron, {}, signal),
  ]);
  return {
    loadBalancers: balancers.filter((one) => isTheirs(clusterOfLoadBalancer(one.name)) && isOver(run, one)),
    floatingIps: addresses.filter(({ description }) => isTheirs(clusterOfFloatingIp(description))),
    securityGroups: groups.filter(({ description }) => isTheirs(clusterOfSecurityGroup(description))),
  };
}

/**
 * The volumes of clusters with one of these ids, by one listing. They hold what people have stored, so nobody but people
 * removes them.
 */
export async function volumesOf(run: Looking, clusters: ReadonlySet<string>): Promise<Volume[]> {
  if (clusters.size === 0) return [];
  const { openstack, signal } = run;
  const volumes = await whereOffered(run, 'cinder', () => listVolumes(openstack.cinder, {}, signal));
  return volumes.filter(({ metadata }) => clusters.has(clusterOfVolume(metadata) ?? ''));
}

/** Nothing of a service that the cloud lacks, or that this user may not use: neither may the cluster's controllers. */
async function whereOffered<Row>(
  { openstack, signal, log }: Looking,
  service: ServiceName,
  list: () => Promise<Row[]>,
): Promise<Row[]> {
  if (!(await openstack.offers(service, signal))) return [];
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof OpenStackError) || error.status !== 403) throw error;
    log.warn({ err: error }, 'what a cluster has there cannot be seen, so it stays');
    return [];
  }
}

/** A load balancer is tagged with every Service that it serves. One that another cluster shares is needed there. */
function isOver({ log }: Looking, { id, name, tags }: LoadBalancer): boolean {
  const [owner, ...users] = [name, ...tags].map(clusterOfLoadBalancer);
  const shared = users.some((user) => user !== undefined && user !== owner);
  if (shared) log.warn({ loadBalancer: id, name, tags }, 'another cluster uses this load balancer, so it stays');
  return !shared;
}
