import { stackName } from '../../src/clusters/names.ts';
import { parseStackLabel } from '../../src/clusters/stack.ts';
import {
  assembleTopology,
  networkIdOf,
  ownFloatingIps,
  routerOf,
  type Topology,
  type TopologySight,
  type Unseen,
} from '../../src/clusters/topology.ts';
import { DeployError } from '../../src/errors.ts';
import type { Logger } from '../../src/log.ts';
import { listVolumes } from '../../src/openstack/cinder/volumes.ts';
import { listStackResources } from '../../src/openstack/heat/resources.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listPorts } from '../../src/openstack/neutron/ports.ts';
import { listRouters } from '../../src/openstack/neutron/routers.ts';
import { listSubnets } from '../../src/openstack/neutron/subnets.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { listLoadBalancers } from '../../src/openstack/octavia/load-balancers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { look } from '../preflight/look.ts';
import { nestedDepth } from '../stack-failure.ts';

/** What a look needs. */
export interface Looking {
  readonly openstack: OpenStack;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * What a cluster is made of now. Heat says what belongs to it, and has to answer; what another service refuses, or does not
 * answer in time, is left out, and the topology says so.
 *
 * @throws DeployError when there is no stack of that cluster, or Heat does not tell.
 */
export async function lookAtTopology(cluster: string, looking: Looking): Promise<Topology> {
  const { openstack, signal } = looking;
  const stack = await findStack(openstack.heat, stackName(cluster), signal);
  if (stack === undefined) throw noStack(cluster);
  const resources = await listStackResources(openstack.heat, stack, { nestedDepth }, signal);
  const clusterId = parseStackLabel(stack.parameters)?.deployment ?? '';
  return assembleTopology(await everything({ cluster, clusterId, resources }, looking));
}

type Known = Pick<TopologySight, 'cluster' | 'clusterId' | 'resources'>;

/** The services side by side; then what has a name only once it is known which networks the cluster is in. */
async function everything(known: Known, looking: Looking): Promise<TopologySight> {
  const unseen: Unseen[] = [];
  const { nova, neutron, octavia, cinder } = looking.openstack;
  const all = <Row>(what: string, service: string, list: (signal: AbortSignal) => Promise<Row[]>) =>
    allOrNothing(what, service, list, { ...looking, unseen });

  const [servers, ports, routers, floatingIps, loadBalancers, volumes] = await Promise.all([
    all('servers', 'Nova', (signal) => listServers(nova, {}, signal)),
    all('ports', 'Neutron', (signal) => listPorts(neutron, {}, signal)),
    all('the router', 'Neutron', (signal) => listRouters(neutron, {}, signal)),
    all('floating IPs', 'Neutron', (signal) => listFloatingIps(neutron, {}, signal)),
    all('load balancers', 'Octavia', (signal) => listLoadBalancers(octavia, {}, signal)),
    all('volumes', 'Cinder', (signal) => listVolumes(cinder, {}, signal)),
  ]);
  const sight = { ...known, servers, ports, routers, floatingIps, loadBalancers, volumes };
  const networkId = networkIdOf(sight);
  const ids = [networkId, routerOf(sight, networkId)?.externalNetworkId, ownFloatingIps(sight)[0]?.externalNetworkId];
  const [networks, subnets] = await Promise.all([
    all('networks', 'Neutron', (signal) => networksOf([...new Set(ids)], looking.openstack, signal)),
    all('subnets', 'Neutron', async (signal) =>
      networkId === undefined ? [] : listSubnets(neutron, { networkId }, signal),
    ),
  ]);
  return { ...sight, networks, subnets, seenAt: Date.now(), unseen: inOneSentence(unseen) };
}

async function networksOf(ids: readonly (string | undefined)[], { neutron }: OpenStack, signal: AbortSignal) {
  const known = ids.filter((id) => id !== undefined);
  return (await Promise.all(known.map((id) => listNetworks(neutron, { id }, signal)))).flat();
}

/** Nothing of a service that the cloud lacks, or that this user may not use, or that does not answer. */
async function allOrNothing<Row>(
  what: string,
  service: string,
  list: (signal: AbortSignal) => Promise<Row[]>,
  { log, signal, unseen }: Looking & { readonly unseen: Unseen[] },
): Promise<Row[]> {
  const looked = await look(service, signal, list);
  if (looked.seen) return looked.value;
  const why = looked.finding.text;
  log.warn({ what, why }, 'a part of a topology cannot be seen');
  unseen.push({ what, why });
  return [];
}

/** A service that refuses one thing mostly refuses all, in the same words. */
function inOneSentence(unseen: readonly Unseen[]): Unseen[] {
  const reasons = [...new Set(unseen.map(({ why }) => why))];
  return reasons.map((why) => ({
    what: unseen
      .filter((one) => one.why === why)
      .map(({ what }) => what)
      .join(', '),
    why,
  }));
}

function noStack(cluster: string): DeployError {
  return new DeployError('stack_missing', `there is no Heat stack ${stackName(cluster)}`, {
    hint: `If somebody removed it, /k8s down ${cluster} removes what is left`,
  });
}
