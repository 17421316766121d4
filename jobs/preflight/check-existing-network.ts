import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem } from '../../src/clusters/finding.ts';
import { floatingIpsOf } from '../../src/clusters/quota.ts';
import type { Network } from '../../src/openstack/neutron/networks.ts';
import type { Subnet } from '../../src/openstack/neutron/subnets.ts';
import { listed } from './listed.ts';
import type { Surroundings, Survey } from './survey.ts';

const label = 'Network';

/** Whether the network and the subnet that a cluster is to go into are there, and as clusters.yaml says. */
export function existingFindings(spec: ClusterSpec, external: readonly Network[], survey: Survey): Finding[] {
  const { existing } = spec.network;
  if (existing === undefined || !survey.networks.seen) return [];
  const networks = named(survey.networks.value, existing.network);
  const [network, ...others] = networks;
  if (network === undefined) {
    const names = survey.networks.value.filter((one) => one.external !== true).map(({ name }) => name);
    const hint = `Set network.existing.network in clusters.yaml to one of: ${listed(names)}`;
    return [problem(label, `The cloud has no network ${existing.network}`, hint)];
  }
  if (others.length > 0) return [ambiguous('network', existing.network, networks)];
  if (!survey.surroundings.seen) return [];
  return subnetFindings(spec, network, external, survey.surroundings.value);
}

function subnetFindings(
  spec: ClusterSpec,
  network: Network,
  external: readonly Network[],
  around: Surroundings,
): Finding[] {
  const wanted = spec.network.existing?.subnet ?? '';
  const inside = [...around.own, ...around.foreign].filter(({ networkId }) => networkId === network.id);
  const subnets = named(inside, wanted);
  const [subnet, ...others] = subnets;
  if (subnet === undefined) {
    const hint = `Set network.existing.subnet in clusters.yaml to one of: ${listed(inside.map(({ name }) => name))}`;
    return [problem(label, `The network ${network.name} has no subnet ${wanted}`, hint)];
  }
  if (others.length > 0) return [ambiguous('subnet', wanted, subnets)];
  return [...rangeFindings(spec, subnet), ...wayOutFindings(spec, subnet, external, around)];
}

function rangeFindings({ network: { cidr } }: ClusterSpec, { name, cidr: actual }: Subnet): Finding[] {
  if (cidr === actual) return [];
  return [
    problem(
      label,
      `The subnet ${name} has the range ${actual}, not ${cidr}`,
      `Set network.cidr in clusters.yaml to ${actual}`,
    ),
  ];
}

/** Neutron gives out no floating IP where no router leads. Of routers that others own nobody is told. */
function wayOutFindings(
  spec: ClusterSpec,
  subnet: Subnet,
  external: readonly Network[],
  around: Surroundings,
): Finding[] {
  const isOwn = around.own.some(({ id }) => id === subnet.id);
  if (floatingIpsOf(spec) === 0 || !isOwn || isRouted(subnet.id, external, around)) return [];
  return [
    problem(
      label,
      `No router leads from ${subnet.name} to ${spec.network.external}, so that no floating IP can lead there`,
      'Connect them by a router, or set network.floatingIp to false in clusters.yaml',
    ),
  ];
}

/** True when a router leads from a subnet to one of these external networks. */
export function isRouted(subnetId: string, external: readonly Network[], { routers, ports }: Surroundings): boolean {
  const leadOut = routers
    .filter(({ externalNetworkId }) => external.some(({ id }) => id === externalNetworkId))
    .map(({ id }) => id);
  return ports.some(
    ({ deviceId, addresses }) =>
      leadOut.includes(deviceId) && addresses.some((address) => address.subnetId === subnetId),
  );
}

interface Thing {
  readonly id: string;
  readonly name: string;
}

/** By id before name, as Heat does. */
function named<Found extends Thing>(all: readonly Found[], nameOrId: string): readonly Found[] {
  const byId = all.filter(({ id }) => id === nameOrId);
  return byId.length > 0 ? byId : all.filter(({ name }) => name === nameOrId);
}

function ambiguous(what: 'network' | 'subnet', name: string, found: readonly Thing[]): Finding {
  const ids = listed(found.map(({ id }) => id));
  const hint = `Set network.existing.${what} in clusters.yaml to the id of one: ${ids}`;
  return problem(label, `The cloud has several ${what}s ${name}`, hint);
}
