import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem } from '../../src/clusters/finding.ts';
import { stackName } from '../../src/clusters/names.ts';
import { cidrFindings, dnsFindings, type NearbySubnet, type ReservedCidr } from '../../src/clusters/network-fit.ts';
import type { Network } from '../../src/openstack/neutron/networks.ts';
import { listed } from './listed.ts';
import type { Surroundings, Survey } from './survey.ts';

/** Whether the way out is there, the resolvers can be reached, and the range of addresses is free. */
export function checkNetwork(spec: ClusterSpec, survey: Survey, reserved: readonly ReservedCidr[]): Finding[] {
  const { network } = spec;
  if (!survey.surroundings.seen) return [...dnsFindings(network), ...cidrFindings(network, reserved, [])];
  const around = survey.surroundings.value;
  const external = externalNetwork(around.networks, network.external);
  const clusters = survey.stacks.seen ? survey.stacks.value.map(({ name }) => name) : [];
  const nearby = around.subnets.map((subnet) => nearbySubnet(subnet, external, around, clusters));
  return [
    ok('Network', `${network.cidr} behind a router to ${network.external}, 1 floating IP`),
    ...externalFindings(external, spec, around.networks),
    ...dnsFindings(network),
    ...cidrFindings(network, reserved, nearby),
  ];
}

/** By id before name, as Heat does. Several when the name is not unique. */
function externalNetwork(networks: readonly Network[], wanted: string): readonly Network[] {
  const external = networks.filter((network) => network.external);
  const byId = external.filter(({ id }) => id === wanted);
  return byId.length > 0 ? byId : external.filter(({ name }) => name === wanted);
}

function externalFindings(found: readonly Network[], spec: ClusterSpec, networks: readonly Network[]): Finding[] {
  const wanted = spec.network.external;
  const key = `network.external of ${spec.name} in clusters.yaml`;
  if (found.length === 0) {
    const names = networks.filter(({ external }) => external).map(({ name }) => name);
    return [
      problem('Network', `The cloud has no external network ${wanted}`, `Set ${key} to one of: ${listed(names)}`),
    ];
  }
  if (found.length === 1) return [];
  const ids = listed(found.map(({ id }) => id));
  return [
    problem('Network', `The cloud has several external networks ${wanted}`, `Set ${key} to the id of one: ${ids}`),
  ];
}

function nearbySubnet(
  subnet: Surroundings['subnets'][number],
  external: readonly Network[],
  around: Surroundings,
  clusters: readonly string[],
): NearbySubnet {
  const network = around.networks.find(({ id }) => id === subnet.networkId);
  const { name, cidr } = subnet;
  if (external.some(({ id }) => id === subnet.networkId)) return { name, cidr, relation: 'external' };
  // The template calls a cluster's network by the cluster's name.
  if (network !== undefined && clusters.includes(stackName(network.name))) return { name, cidr, relation: 'cluster' };
  return { name, cidr, relation: isRouted(subnet.id, external, around) ? 'routed' : 'apart' };
}

function isRouted(subnetId: string, external: readonly Network[], { routers, ports }: Surroundings): boolean {
  const leadOut = routers
    .filter(({ externalNetworkId }) => external.some(({ id }) => id === externalNetworkId))
    .map(({ id }) => id);
  return ports.some(
    ({ deviceId, addresses }) =>
      leadOut.includes(deviceId) && addresses.some((address) => address.subnetId === subnetId),
  );
}
