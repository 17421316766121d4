import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem } from '../../src/clusters/finding.ts';
import { stackName } from '../../src/clusters/names.ts';
import { cidrFindings, dnsFindings, type NearbySubnet, type ReservedCidr } from '../../src/clusters/network-fit.ts';
import { floatingIpsOf } from '../../src/clusters/quota.ts';
import type { Network } from '../../src/openstack/neutron/networks.ts';
import type { Subnet } from '../../src/openstack/neutron/subnets.ts';
import { existingFindings, isRouted } from './check-existing-network.ts';
import { listed } from './listed.ts';
import type { Survey } from './survey.ts';

/** Whether the way out is there, the resolvers can be reached, and the range of addresses is free. */
export function checkNetwork(spec: ClusterSpec, survey: Survey, reserved: readonly ReservedCidr[]): Finding[] {
  const { network } = spec;
  if (!survey.networks.seen) return [...dnsFindings(network), ...cidrFindings(network, reserved, [])];
  const networks = survey.networks.value;
  const external = externalNetworks(networks, network.external);
  return [
    ok('Network', `${placeText(spec)}, ${addressesText(spec)}`),
    ...externalFindings(external, spec, networks),
    ...existingFindings(spec, external, survey),
    ...dnsFindings(network),
    ...cidrFindings(network, reserved, nearbySubnets(networks, external, survey)),
  ];
}

function placeText({ network: { cidr, external, existing } }: ClusterSpec): string {
  if (existing === undefined) return `${cidr} behind a router to ${external}`;
  return `${existing.subnet} (${cidr}) of ${existing.network}, which is there`;
}

function addressesText(spec: ClusterSpec): string {
  const number = floatingIpsOf(spec);
  if (number === 0) return 'no floating IP';
  return number === 1 ? '1 floating IP' : `${number} floating IPs`;
}

/** By id before name, as Heat does. Several when the name is not unique. Those that may be external do for want of others. */
function externalNetworks(networks: readonly Network[], wanted: string): readonly Network[] {
  const possible = networks.filter(({ external }) => external !== false);
  const byId = possible.filter(({ id }) => id === wanted);
  const found = byId.length > 0 ? byId : possible.filter(({ name }) => name === wanted);
  const known = found.filter(({ external }) => external === true);
  return known.length > 0 ? known : found;
}

function externalFindings(found: readonly Network[], spec: ClusterSpec, networks: readonly Network[]): Finding[] {
  const wanted = spec.network.external;
  const key = `network.external of ${spec.name} in clusters.yaml`;
  if (found.length === 0) {
    const names = networks.filter(({ external }) => external !== false).map(({ name }) => name);
    return [
      problem('Network', `The cloud has no external network ${wanted}`, `Set ${key} to one of: ${listed(names)}`),
    ];
  }
  // Whether one of several is external, where Neutron does not tell, is for Heat to find out.
  if (found.length === 1 || found.some(({ external }) => external === undefined)) return [];
  const ids = listed(found.map(({ id }) => id));
  return [
    problem('Network', `The cloud has several external networks ${wanted}`, `Set ${key} to the id of one: ${ids}`),
  ];
}

/** An operator sees what others have, too, and it is no business of this project's but for the external network. */
function nearbySubnets(
  networks: readonly Network[],
  external: readonly Network[],
  { surroundings, stacks }: Survey,
): NearbySubnet[] {
  if (!surroundings.seen) return [];
  const around = surroundings.value;
  const isExternal = ({ networkId }: Subnet) => external.some(({ id }) => id === networkId);
  const clusters = stacks.seen ? stacks.value.map(({ name }) => name) : undefined;
  return [
    ...[...around.own, ...around.foreign].filter(isExternal).map((subnet) => nearby(subnet, 'external')),
    ...around.own
      .filter((subnet) => !isExternal(subnet))
      .flatMap((subnet) => {
        const network = networks.find(({ id }) => id === subnet.networkId);
        // The template calls a cluster's network by the cluster's name.
        if (network !== undefined && clusters?.includes(stackName(network.name))) return [nearby(subnet, 'cluster')];
        if (!isRouted(subnet.id, external, around)) return [nearby(subnet, 'apart')];
        // It may be another cluster's, which would stand in nobody's way.
        return clusters === undefined ? [] : [nearby(subnet, 'routed')];
      }),
  ];
}

function nearby({ name, cidr }: Subnet, relation: NearbySubnet['relation']): NearbySubnet {
  return { name, cidr, relation };
}
