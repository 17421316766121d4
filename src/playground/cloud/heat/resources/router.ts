import type { Caller } from '../../keystone/state.ts';
import { addInterface, createRouter, deleteRouter, removeInterface, updateRouter } from '../../neutron/routers.ts';
import { isMap } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { findId, viewOf } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

const fixedIp = property('map', { keys: { ip_address: property('string'), subnet: property('string') } });

/** OS::Neutron::Router */
export const router: ResourceType = {
  pace: 'network',
  properties: {
    name: property('string', { updatable: true }),
    external_gateway_info: property('map', {
      updatable: true,
      keys: {
        network: property('string', { required: true, custom: 'neutron.network' }),
        enable_snat: property('boolean'),
        external_fixed_ips: property('list', { item: fixedIp }),
      },
    }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
    distributed: property('boolean'),
    ha: property('boolean'),
    l3_agent_id: property('string', { updatable: true }),
    l3_agent_ids: property('list', { updatable: true }),
    availability_zone_hints: property('list'),
    tags: property('list', { updatable: true }),
    value_specs: property('map', { updatable: true }),
  },
  attributes: ['status', 'external_gateway_info', 'name', 'admin_state_up', 'tenant_id'],
  create({ world, caller, resource, properties }) {
    const { name = resource.physicalName, admin_state_up } = properties;
    const external_gateway_info = gateway(world, caller, properties.external_gateway_info);
    resource.physicalId = createRouter(world.neutron, caller, { name, admin_state_up, external_gateway_info }).id;
  },
  update({ world, caller, resource, properties }) {
    const { name = resource.physicalName } = properties;
    const external_gateway_info = gateway(world, caller, properties.external_gateway_info) ?? {};
    updateRouter(world.neutron, caller, resource.physicalId, { name, external_gateway_info });
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteRouter(world.neutron, caller, resource.physicalId));
  },
  show: ({ world, stack, resource }) => viewOf(world, stack.owner, 'router', resource.physicalId),
  attribute: ({ world, stack, resource }, name) => viewOf(world, stack.owner, 'router', resource.physicalId)[name],
};

/** OS::Neutron::RouterInterface */
export const routerInterface: ResourceType = {
  pace: 'network',
  properties: {
    router: property('string', { required: true, custom: 'neutron.router' }),
    subnet: property('string', { custom: 'neutron.subnet' }),
    port: property('string', { custom: 'neutron.port' }),
  },
  attributes: [],
  create({ world, caller, resource, properties }) {
    const id = String(findId(world, caller, 'router', properties.router));
    const subnetId = findId(world, caller, 'subnet', properties.subnet);
    const portId = findId(world, caller, 'port', properties.port);
    const target = portId === undefined ? { subnet_id: subnetId } : { port_id: portId };
    addInterface(world.neutron, caller, id, target);
    const [[key, value] = []] = Object.entries(target);
    resource.physicalId = `${id}:${key}=${value}`;
  },
  remove({ world, caller, resource }) {
    const [, id = '', key = '', value = ''] = /^([^:]+):([^=]+)=(.+)$/.exec(resource.physicalId) ?? [];
    if (id !== '') ignoreMissing(() => removeInterface(world.neutron, caller, id, { [key]: value }));
  },
};

function gateway(world: World, caller: Caller, given: unknown): Record<string, unknown> | undefined {
  if (!isMap(given)) return undefined;
  return { network_id: findId(world, caller, 'network', given.network), enable_snat: given.enable_snat };
}
