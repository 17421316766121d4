import type { Caller } from '../keystone/state.ts';
import {
  createFloatingIp,
  deleteFloatingIp,
  floatingIpAttributes,
  floatingIpOf,
  floatingIpView,
  updateFloatingIp,
  visibleFloatingIps,
} from './floating-ips.ts';
import {
  createNetwork,
  deleteNetwork,
  networkAttributes,
  networkOf,
  networkView,
  updateNetwork,
  visibleNetworks,
} from './networks.ts';
import { createPort, deletePort, portAttributes, portOf, portView, updatePort, visiblePorts } from './ports.ts';
import {
  createRouter,
  deleteRouter,
  routerAttributes,
  routerOf,
  routerView,
  updateRouter,
  visibleRouters,
} from './routers.ts';
import {
  createRule,
  createSecurityGroup,
  deleteRule,
  deleteSecurityGroup,
  ruleAttributes,
  ruleOf,
  ruleView,
  securityGroupAttributes,
  securityGroupOf,
  securityGroupView,
  updateSecurityGroup,
  visibleRules,
  visibleSecurityGroups,
} from './security-groups.ts';
import type { NeutronState } from './state.ts';
import {
  createSubnet,
  deleteSubnet,
  subnetAttributes,
  subnetOf,
  subnetView,
  updateSubnet,
  visibleSubnets,
} from './subnets.ts';

type Attributes = Record<string, unknown>;

/** What can be done with one kind of Neutron's things, with the wire's form as the outcome. */
export interface Collection {
  /** The name of one in a body, with underscores; the path has hyphens. */
  thing: string;
  plural: string;
  attributes: readonly string[];
  create(neutron: NeutronState, caller: Caller, attributes: Attributes): Attributes;
  show(neutron: NeutronState, caller: Caller, id: string): Attributes;
  list(neutron: NeutronState, caller: Caller): Attributes[];
  update?(neutron: NeutronState, caller: Caller, id: string, attributes: Attributes): Attributes;
  remove(neutron: NeutronState, caller: Caller, id: string): void;
}

/** Everything that Neutron offers under /v2.0. */
export const collections: readonly Collection[] = [
  {
    thing: 'network',
    plural: 'networks',
    attributes: networkAttributes,
    create: (neutron, caller, given) => networkView(neutron, createNetwork(neutron, caller, given)),
    show: (neutron, caller, id) => networkView(neutron, networkOf(neutron, caller, id)),
    list: (neutron, caller) => visibleNetworks(neutron, caller).map((one) => networkView(neutron, one)),
    update: (neutron, caller, id, given) => networkView(neutron, updateNetwork(neutron, caller, id, given)),
    remove: deleteNetwork,
  },
  {
    thing: 'subnet',
    plural: 'subnets',
    attributes: subnetAttributes,
    create: (neutron, caller, given) => subnetView(createSubnet(neutron, caller, given)),
    show: (neutron, caller, id) => subnetView(subnetOf(neutron, caller, id)),
    list: (neutron, caller) => visibleSubnets(neutron, caller).map(subnetView),
    update: (neutron, caller, id, given) => subnetView(updateSubnet(neutron, caller, id, given)),
    remove: deleteSubnet,
  },
  {
    thing: 'router',
    plural: 'routers',
    attributes: routerAttributes,
    create: (neutron, caller, given) => routerView(createRouter(neutron, caller, given)),
    show: (neutron, caller, id) => routerView(routerOf(neutron, caller, id)),
    list: (neutron, caller) => visibleRouters(neutron, caller).map(routerView),
    update: (neutron, caller, id, given) => routerView(updateRouter(neutron, caller, id, given)),
    remove: deleteRouter,
  },
  {
    thing: 'port',
    plural: 'ports',
    attributes: portAttributes,
    create: (neutron, caller, given) => portView(createPort(neutron, caller, given)),
    show: (neutron, caller, id) => portView(portOf(neutron, caller, id)),
    list: (neutron, caller) => visiblePorts(neutron, caller).map(portView),
    update: (neutron, caller, id, given) => portView(updatePort(neutron, caller, id, given)),
    remove: deletePort,
  },
  {
    thing: 'security_group',
    plural: 'security_groups',
    attributes: securityGroupAttributes,
    create: (neutron, caller, given) => securityGroupView(neutron, createSecurityGroup(neutron, caller, given)),
    show: (neutron, caller, id) => securityGroupView(neutron, securityGroupOf(neutron, caller, id)),
    list: (neutron, caller) => visibleSecurityGroups(neutron, caller).map((one) => securityGroupView(neutron, one)),
    update: (neutron, caller, id, given) => securityGroupView(neutron, updateSecurityGroup(neutron, caller, id, given)),
    remove: deleteSecurityGroup,
  },
  {
    thing: 'security_group_rule',
    plural: 'security_group_rules',
    attributes: ruleAttributes,
    create: (neutron, caller, given) => ruleView(createRule(neutron, caller, given)),
    show: (neutron, caller, id) => ruleView(ruleOf(neutron, caller, id)),
    list: (neutron, caller) => visibleRules(neutron, caller).map(ruleView),
    remove: deleteRule,
  },
  {
    thing: 'floatingip',
    plural: 'floatingips',
    attributes: floatingIpAttributes,
    create: (neutron, caller, given) => floatingIpView(neutron, createFloatingIp(neutron, caller, given)),
    show: (neutron, caller, id) => floatingIpView(neutron, floatingIpOf(neutron, caller, id)),
    list: (neutron, caller) => visibleFloatingIps(neutron, caller).map((one) => floatingIpView(neutron, one)),
    update: (neutron, caller, id, given) => floatingIpView(neutron, updateFloatingIp(neutron, caller, id, given)),
    remove: deleteFloatingIp,
  },
];
