import type { Caller } from '../keystone/state.ts';
import { createNetwork } from './networks.ts';
import type { NeutronState } from './state.ts';
import { createSubnet } from './subnets.ts';

/**
 * The operator's networks. Their addresses are of this machine's loopback, so that whatever stands in for a server can
 * really answer on the floating IP that the server has.
 */
const externalNetworks = [
  { name: 'public', range: '4.0/24' },
  { name: 'gateway', range: '5.0/24' },
];

/** A Neutron with nothing but the operator's external networks, below `prefix`, such as "127.24". */
export function newNeutron(operator: Caller, prefix: string): NeutronState {
  const neutron: NeutronState = {
    networks: new Map(),
    subnets: new Map(),
    routers: new Map(),
    ports: new Map(),
    securityGroups: new Map(),
    rules: new Map(),
    floatingIps: new Map(),
    quotas: new Map(),
  };
  for (const { name, range } of externalNetworks) {
    const cidr = `${prefix}.${range}`;
    const network = createNetwork(neutron, operator, { name, 'router:external': true, mtu: 1500 });
    createSubnet(neutron, operator, { name, network_id: network.id, cidr, enable_dhcp: false });
  }
  return neutron;
}
