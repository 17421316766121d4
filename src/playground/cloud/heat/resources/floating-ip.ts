import { createFloatingIp, deleteFloatingIp, updateFloatingIp } from '../../neutron/floating-ips.ts';
import type { ResourceDefinition, Template } from '../template/template.ts';
import { findId, viewOf } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

const attributes = [
  'router_id',
  'tenant_id',
  'floating_network_id',
  'fixed_ip_address',
  'floating_ip_address',
  'port_id',
];

/** OS::Neutron::FloatingIP */
export const floatingIp: ResourceType = {
  properties: {
    floating_network: property('string', { required: true, custom: 'neutron.network' }),
    floating_subnet: property('string'),
    port_id: property('string', { updatable: true, custom: 'neutron.port' }),
    fixed_ip_address: property('string', { updatable: true, custom: 'ip_addr' }),
    floating_ip_address: property('string', { custom: 'ip_addr' }),
    dns_name: property('string', { updatable: true }),
    dns_domain: property('string', { updatable: true }),
    tags: property('list', { updatable: true }),
    value_specs: property('map', { default: {} }),
  },
  attributes,
  implicit: routersOfTemplate,
  create({ world, caller, resource, properties }) {
    const { floating_network, port_id, floating_ip_address } = properties;
    const floating_network_id = findId(world, caller, 'network', floating_network);
    const target = { port_id: findId(world, caller, 'port', port_id), floating_ip_address };
    resource.physicalId = createFloatingIp(world.neutron, caller, { floating_network_id, ...target }).id;
  },
  update({ world, caller, resource, properties }) {
    const port_id = findId(world, caller, 'port', properties.port_id) ?? null;
    updateFloatingIp(world.neutron, caller, resource.physicalId, { port_id });
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteFloatingIp(world.neutron, caller, resource.physicalId));
  },
  show: ({ world, stack, resource }) => viewOf(world, stack.owner, 'floatingip', resource.physicalId),
  attribute: ({ world, stack, resource }, name) => viewOf(world, stack.owner, 'floatingip', resource.physicalId)[name],
};

/** OS::Neutron::FloatingIPAssociation */
export const floatingIpAssociation: ResourceType = {
  properties: {
    floatingip_id: property('string', { required: true, updatable: true }),
    port_id: property('string', { required: true, updatable: true, custom: 'neutron.port' }),
    fixed_ip_address: property('string', { updatable: true, custom: 'ip_addr' }),
  },
  attributes: [],
  implicit: routersOfTemplate,
  create({ world, caller, resource, properties }) {
    const port_id = findId(world, caller, 'port', properties.port_id);
    updateFloatingIp(world.neutron, caller, String(properties.floatingip_id), { port_id });
    resource.physicalId = String(world.heat.events.length);
  },
  update({ world, caller, properties }) {
    const port_id = findId(world, caller, 'port', properties.port_id);
    updateFloatingIp(world.neutron, caller, String(properties.floatingip_id), { port_id });
  },
  remove({ world, caller, properties }) {
    ignoreMissing(() => updateFloatingIp(world.neutron, caller, String(properties.floatingip_id), { port_id: null }));
  },
};

/** An address is of use only when the way to the port is there; Heat sees to that within one template. */
function routersOfTemplate(_: ResourceDefinition, template: Template): string[] {
  return [...template.resources.values()]
    .filter(({ type }) => type === 'OS::Neutron::RouterInterface')
    .map(({ name }) => name);
}
