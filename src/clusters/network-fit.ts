import { cidrContains, cidrsOverlap } from './cidr.ts';
import type { NetworkSpec } from './cluster-spec.ts';
import { type Finding, problem, warning } from './finding.ts';

/** A range of addresses that no cluster may use, such as the company's own network. */
export interface ReservedCidr {
  readonly cidr: string;
  readonly reason?: string;
}

/** A subnet that exists, and how it is related to the network that the cluster is to have. */
export interface NearbySubnet {
  readonly name: string;
  readonly cidr: string;
  /**
   * `external`: of the external network itself. `routed`: behind a router to that network. `cluster`: of another cluster
   * by Slipway. `apart`: none of these.
   */
  readonly relation: 'external' | 'routed' | 'cluster' | 'apart';
}

/** What a cluster wants of ranges and resolvers. */
export type WantedNetwork = Pick<NetworkSpec, 'cidr' | 'dns' | 'pods' | 'services' | 'existing'>;

const label = 'Network';
const choose = 'Choose another network.cidr in clusters.yaml';

/**
 * Whether a cluster's range of addresses is free. Neutron itself refuses a router whose inner and outer subnets overlap,
 * and a reserved range is what somebody has to reach from the cluster, so both stand in the way. So does a network behind
 * a router to the same external one, which its users would have to tell apart from the cluster's. Two clusters of Slipway
 * have a router each and never meet: with the default range all are alike, and only joining them one day would not work.
 * A range that exists already is in nobody's way. Those of pods and Services are inside the cluster: they only hide from
 * it what is reserved.
 */
export function cidrFindings(
  { cidr, pods, services, existing }: WantedNetwork,
  reserved: readonly ReservedCidr[],
  nearby: readonly NearbySubnet[],
): Finding[] {
  return [
    ...(existing === undefined ? reservedFindings(cidr, reserved) : []),
    ...hiddenFindings('pods', pods, reserved),
    ...hiddenFindings('services', services, reserved),
    ...(existing === undefined ? nearbyFindings(cidr, nearby) : []),
  ];
}

function reservedFindings(cidr: string, reserved: readonly ReservedCidr[]): Finding[] {
  return reserved
    .filter((range) => cidrsOverlap(cidr, range.cidr))
    .map((range) =>
      problem(
        label,
        `${cidr} overlaps ${range.cidr}, which is reserved${range.reason ? `: ${range.reason}` : ''}`,
        choose,
      ),
    );
}

function hiddenFindings(key: 'pods' | 'services', cidr: string, reserved: readonly ReservedCidr[]): Finding[] {
  return reserved
    .filter((range) => cidrsOverlap(cidr, range.cidr))
    .map((range) =>
      warning(
        label,
        `${cidr}, the range of ${key}, overlaps ${range.cidr}, which cannot be reached from the cluster then`,
        `If it has to be, choose another network.${key} in clusters.yaml`,
      ),
    );
}

function nearbyFindings(cidr: string, nearby: readonly NearbySubnet[]): Finding[] {
  const overlapping = nearby.filter((subnet) => cidrsOverlap(cidr, subnet.cidr));
  const related = (relation: NearbySubnet['relation']) => overlapping.filter((subnet) => subnet.relation === relation);
  const blocking = [
    ...related('external').map((subnet) => `${cidr} overlaps the external network’s subnet ${nameOf(subnet)}`),
    ...related('routed').map(
      (subnet) => `${cidr} overlaps ${nameOf(subnet)}, which is behind the same external network`,
    ),
  ];
  const [clusters, apart] = [related('cluster'), related('apart')];
  return [
    ...blocking.map((text) => problem(label, text, choose)),
    ...(clusters.length === 0
      ? []
      : [
          warning(
            label,
            `${cidr} is also the range of ${listed(clusters)}; all work side by side, but cannot be joined later`,
          ),
        ]),
    ...(apart.length === 0
      ? []
      : [
          warning(
            label,
            `${cidr} overlaps ${listed(apart)}; they are not connected now, and could not be connected later`,
          ),
        ]),
  ];
}

/** Whether servers in the cluster can reach their resolvers. */
export function dnsFindings({ cidr, dns }: WantedNetwork): Finding[] {
  return dns.flatMap((address) => {
    const why = dnsObjection(cidr, address);
    if (why === undefined) return [];
    return [
      problem(
        'DNS',
        `The resolver ${address} ${why}`,
        'Name a resolver in network.dns that servers can reach through the router',
      ),
    ];
  });
}

function dnsObjection(cidr: string, address: string): string | undefined {
  if (cidrContains('127.0.0.0/8', address)) return 'is a loopback address, where each server would ask itself';
  if (cidrContains('0.0.0.0/8', address) || cidrContains('224.0.0.0/3', address)) return 'is no address of a server';
  if (cidrContains(cidr, address)) return `lies in the cluster’s own network ${cidr}, where nothing answers yet`;
  return undefined;
}

const listedAtMost = 3;

function listed(subnets: readonly NearbySubnet[]): string {
  const shown = subnets.slice(0, listedAtMost).map(nameOf).join(', ');
  return subnets.length > listedAtMost ? `${shown} and ${subnets.length - listedAtMost} more` : shown;
}

function nameOf({ name, cidr }: NearbySubnet): string {
  return name === '' ? cidr : `${name} (${cidr})`;
}
