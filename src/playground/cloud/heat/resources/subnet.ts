import { createSubnet, deleteSubnet, updateSubnet } from '../../neutron/subnets.ts';
import { findId, viewOf } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Neutron::Subnet */
export const subnet: ResourceType = {
  pace: 'network',
  properties: {
    network: property('string', { required: true, custom: 'neutron.network' }),
    cidr: property('string', { custom: 'net_cidr' }),
    name: property('string', { updatable: true }),
    ip_version: property('integer', { default: 4, allowed: [4, 6] }),
    dns_nameservers: property('list', { updatable: true, default: [] }),
    gateway_ip: property('string', { updatable: true }),
    enable_dhcp: property('boolean', { updatable: true, default: true }),
    allocation_pools: property('list', {
      updatable: true,
      item: property('map', {
        keys: { start: property('string', { required: true }), end: property('string', { required: true }) },
      }),
    }),
    host_routes: property('list', {
      updatable: true,
      item: property('map', {
        keys: { destination: property('string', { required: true }), nexthop: property('string', { required: true }) },
      }),
    }),
    tenant_id: property('string'),
    subnetpool: property('string'),
    prefixlen: property('integer'),
    ipv6_ra_mode: property('string'),
    ipv6_address_mode: property('string'),
    segment: property('string', { updatable: true }),
    tags: property('list', { updatable: true }),
    value_specs: property('map', { updatable: true }),
  },
  attributes: [
    'name',
    'network_id',
    'tenant_id',
    'allocation_pools',
    'gateway_ip',
    'host_routes',
    'ip_version',
    'cidr',
    'dns_nameservers',
    'enable_dhcp',
  ],
  create({ world, caller, resource, properties }) {
    const {
      network,
      name = resource.physicalName,
      cidr,
      ip_version,
      dns_nameservers,
      gateway_ip,
      enable_dhcp,
      allocation_pools,
      host_routes,
    } = properties;
    const attributes = {
      name,
      cidr,
      ip_version,
      dns_nameservers,
      enable_dhcp,
      allocation_pools,
      host_routes,
      network_id: findId(world, caller, 'network', network),
    };
    // An empty gateway means that there is to be none.
    const gateway = gateway_ip === '' ? { gateway_ip: null } : { gateway_ip };
    resource.physicalId = createSubnet(world.neutron, caller, { ...attributes, ...gateway }).id;
  },
  update({ world, caller, resource, properties }) {
    const { name = resource.physicalName, dns_nameservers, enable_dhcp } = properties;
    updateSubnet(world.neutron, caller, resource.physicalId, { name, dns_nameservers, enable_dhcp });
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteSubnet(world.neutron, caller, resource.physicalId));
  },
  show: ({ world, stack, resource }) => viewOf(world, stack.owner, 'subnet', resource.physicalId),
  attribute: ({ world, stack, resource }, name) => viewOf(world, stack.owner, 'subnet', resource.physicalId)[name],
};
