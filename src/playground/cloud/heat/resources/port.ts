import type { Caller } from '../../keystone/state.ts';
import { createPort, deletePort, updatePort } from '../../neutron/ports.ts';
import { listOf, mapOf } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { either, findId, sharing, viewOf } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Neutron::Port */
export const port: ResourceType = {
  pace: 'network',
  properties: {
    network: property('string', { required: true, custom: 'neutron.network' }),
    name: property('string', { updatable: true }),
    fixed_ips: property('list', {
      item: property('map', {
        keys: {
          subnet: property('string', { custom: 'neutron.subnet' }),
          ip_address: property('string', { custom: 'ip_addr' }),
        },
      }),
    }),
    security_groups: property('list', { updatable: true }),
    allowed_address_pairs: property('list', {
      updatable: true,
      item: property('map', {
        keys: { mac_address: property('string'), ip_address: property('string', { required: true }) },
      }),
    }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
    port_security_enabled: property('boolean', { updatable: true }),
    mac_address: property('string', { updatable: true, custom: 'mac_addr' }),
    device_id: property('string', { updatable: true, default: '' }),
    device_owner: property('string', { updatable: true, default: '' }),
    'binding:vnic_type': property('string', { updatable: true, default: 'normal' }),
    dns_name: property('string', { updatable: true }),
    qos_policy: property('string', { updatable: true }),
    replacement_policy: property('string', { updatable: true, default: 'AUTO' }),
    propagate_uplink_status: property('boolean', { updatable: true }),
    no_fixed_ips: property('boolean', { updatable: true }),
    tags: property('list', { updatable: true }),
    value_specs: property('map', { updatable: true, default: {} }),
  },
  attributes: [
    'admin_state_up',
    'device_id',
    'device_owner',
    'fixed_ips',
    'mac_address',
    'name',
    'network',
    'network_id',
    'port_security_enabled',
    'security_groups',
    'status',
    'subnets',
    'tenant_id',
    'allowed_address_pairs',
    'qos_policy_id',
    'dns_assignment',
  ],
  // Neutron would give an address of whatever subnets there are just then.
  implicit: (definition, template) => [
    ...sharing(template, 'OS::Neutron::Subnet', ['network'], either(definition, 'network')),
  ],
  create({ world, caller, resource, properties }) {
    resource.physicalId = createPort(world.neutron, caller, {
      ...attributes(world, caller, properties),
      name: properties.name ?? resource.physicalName,
    }).id;
  },
  update({ world, caller, resource, properties }) {
    const { security_groups, allowed_address_pairs } = attributes(world, caller, properties);
    const { name = resource.physicalName } = properties;
    updatePort(world.neutron, caller, resource.physicalId, {
      name,
      allowed_address_pairs,
      ...(security_groups === undefined ? {} : { security_groups }),
    });
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deletePort(world.neutron, caller, resource.physicalId));
  },
  show: ({ world, stack, resource }) => viewOf(world, stack.owner, 'port', resource.physicalId),
  attribute({ world, stack, resource }, name) {
    const view = viewOf(world, stack.owner, 'port', resource.physicalId);
    if (name !== 'subnets') return view[name];
    return listOf(view.fixed_ips).map((ip) => viewOf(world, stack.owner, 'subnet', String(mapOf(ip).subnet_id)));
  },
};

function attributes(world: World, caller: Caller, properties: Record<string, unknown>): Record<string, unknown> {
  const {
    network,
    fixed_ips,
    security_groups,
    allowed_address_pairs,
    admin_state_up,
    port_security_enabled,
    mac_address,
  } = properties;
  const ips = fixed_ips === undefined ? undefined : listOf(fixed_ips).map((ip) => fixedIp(world, caller, mapOf(ip)));
  return {
    network_id: findId(world, caller, 'network', network),
    admin_state_up,
    port_security_enabled,
    mac_address,
    allowed_address_pairs,
    ...(ips === undefined ? {} : { fixed_ips: ips }),
    ...(security_groups === undefined
      ? {}
      : { security_groups: listOf(security_groups).map((group) => findId(world, caller, 'security_group', group)) }),
  };
}

function fixedIp(
  world: World,
  caller: Caller,
  { subnet, ip_address }: Record<string, unknown>,
): Record<string, unknown> {
  return {
    ...(subnet === undefined ? {} : { subnet_id: findId(world, caller, 'subnet', subnet) }),
    ...(ip_address === undefined ? {} : { ip_address }),
  };
}
