import { createNetwork, deleteNetwork, updateNetwork } from '../../neutron/networks.ts';
import { viewOf } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Neutron::Net */
export const network: ResourceType = {
  pace: 'network',
  properties: {
    name: property('string', { updatable: true }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
    shared: property('boolean', { updatable: true, default: false }),
    port_security_enabled: property('boolean', { updatable: true }),
    tenant_id: property('string'),
    dhcp_agent_ids: property('list', { updatable: true }),
    qos_policy: property('string', { updatable: true }),
    dns_domain: property('string', { updatable: true }),
    availability_zone_hints: property('list', { updatable: true }),
    tags: property('list', { updatable: true }),
    value_specs: property('map', { updatable: true }),
  },
  attributes: [
    'status',
    'name',
    'subnets',
    'admin_state_up',
    'tenant_id',
    'port_security_enabled',
    'mtu',
    'qos_policy_id',
    'l2_adjacency',
    'segments',
  ],
  create({ world, caller, resource, properties }) {
    const { name = resource.physicalName, admin_state_up, port_security_enabled } = properties;
    resource.physicalId = createNetwork(world.neutron, caller, { name, admin_state_up, port_security_enabled }).id;
  },
  update({ world, caller, resource, properties }) {
    const { name = resource.physicalName, admin_state_up } = properties;
    updateNetwork(world.neutron, caller, resource.physicalId, { name, admin_state_up });
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteNetwork(world.neutron, caller, resource.physicalId));
  },
  show: ({ world, stack, resource }) => viewOf(world, stack.owner, 'network', resource.physicalId),
  attribute: ({ world, stack, resource }, name) => viewOf(world, stack.owner, 'network', resource.physicalId)[name],
};
