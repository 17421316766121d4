import { ApiError } from '../../http/api-error.ts';
import { balancerOf, balancerView, createBalancer, deleteBalancer } from '../../octavia/balancers.ts';
import { createPart, deletePart, partOf, partView } from '../../octavia/parts.ts';
import type { Part } from '../../octavia/state.ts';
import { findId } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { poll } from './poll.ts';
import { type PropertySchemas, property, type ResourceType, type ResourceWork } from './resource-type.ts';

/** OS::Octavia::LoadBalancer */
export const loadBalancer: ResourceType = {
  pace: 'network',
  properties: {
    name: property('string', { updatable: true }),
    description: property('string', { updatable: true, default: '' }),
    provider: property('string'),
    vip_address: property('string', { custom: 'ip_addr' }),
    vip_subnet: property('string', { required: true, custom: 'neutron.subnet' }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
    tenant_id: property('string'),
    flavor: property('string'),
    availability_zone: property('string'),
  },
  attributes: ['vip_address', 'vip_port_id', 'vip_subnet_id', 'pools', 'flavor_id'],
  async create(work) {
    const { world, caller, resource, properties } = work;
    const { name = resource.physicalName, description, vip_address, vip_subnet } = properties;
    const vip_subnet_id = findId(world, caller, 'subnet', vip_subnet);
    resource.physicalId = createBalancer(world, caller, { name, description, vip_address, vip_subnet_id }).id;
    await settled(work, resource.physicalId);
  },
  async remove(work) {
    const { world, caller, resource } = work;
    await repeated(work, () => deleteBalancer(world, caller, resource.physicalId, false));
    await poll(work, () => !world.octavia.balancers.has(resource.physicalId));
  },
  show: ({ world, stack, resource }) => balancerView(world, balancerOf(world, stack.owner, resource.physicalId)),
  attribute: ({ world, stack, resource }, name) =>
    balancerView(world, balancerOf(world, stack.owner, resource.physicalId))[name],
};

/** OS::Octavia::Listener */
export const listener = part(
  'listener',
  {
    name: property('string', { updatable: true }),
    description: property('string', { updatable: true, default: '' }),
    loadbalancer: property('string', { custom: 'octavia.loadbalancer' }),
    default_pool: property('string', { updatable: true, custom: 'octavia.pool' }),
    protocol: property('string', {
      required: true,
      allowed: ['TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'PROXY', 'UDP', 'SCTP'],
    }),
    protocol_port: property('integer', { required: true, range: { min: 1, max: 65_535 } }),
    allowed_cidrs: property('list', { updatable: true, item: property('string', { custom: 'net_cidr' }) }),
    connection_limit: property('integer', { updatable: true, default: -1, range: { min: -1 } }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
  },
  ['loadbalancers', 'default_pool_id'],
);

/** OS::Octavia::Pool */
export const pool = part(
  'pool',
  {
    name: property('string', { updatable: true }),
    description: property('string', { updatable: true, default: '' }),
    listener: property('string', { custom: 'octavia.listener' }),
    loadbalancer: property('string', { custom: 'octavia.loadbalancer' }),
    protocol: property('string', { required: true }),
    lb_algorithm: property('string', {
      required: true,
      updatable: true,
      allowed: ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT'],
    }),
    session_persistence: property('map', { updatable: true }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
    tls_enabled: property('boolean', { updatable: true, default: false }),
  },
  ['healthmonitor_id', 'listeners', 'members'],
);

/** OS::Octavia::PoolMember */
export const poolMember = part(
  'member',
  {
    pool: property('string', { required: true, custom: 'octavia.pool' }),
    address: property('string', { required: true, custom: 'ip_addr' }),
    protocol_port: property('integer', { required: true, range: { min: 1, max: 65_535 } }),
    subnet: property('string', { custom: 'neutron.subnet' }),
    monitor_address: property('string', { custom: 'ip_addr' }),
    monitor_port: property('integer', { range: { min: 1, max: 65_535 } }),
    weight: property('integer', { updatable: true, default: 1, range: { min: 0, max: 256 } }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
    tags: property('list', { updatable: true }),
  },
  ['address', 'pool_id'],
);

/** OS::Octavia::HealthMonitor */
export const healthMonitor = part(
  'healthmonitor',
  {
    pool: property('string', { required: true, custom: 'octavia.pool' }),
    type: property('string', { required: true, allowed: ['PING', 'TCP', 'HTTP', 'HTTPS', 'UDP-CONNECT'] }),
    delay: property('integer', { required: true, updatable: true, range: { min: 0 } }),
    timeout: property('integer', { required: true, updatable: true, range: { min: 0 } }),
    max_retries: property('integer', { required: true, updatable: true, range: { min: 1, max: 10 } }),
    url_path: property('string', { updatable: true }),
    http_method: property('string', { updatable: true }),
    expected_codes: property('string', { updatable: true }),
    admin_state_up: property('boolean', { updatable: true, default: true }),
  },
  ['pools'],
);

/** A type of resource that is a part of a load balancer. */
function part(kind: Part['kind'], properties: PropertySchemas, attributes: string[]): ResourceType {
  return {
    properties,
    attributes,
    async create(work) {
      const { world, caller, resource } = work;
      const { loadbalancer, listener: on, pool: of, ...rest } = work.properties;
      const given = {
        ...rest,
        ...(loadbalancer !== undefined && { loadbalancer_id: loadbalancer }),
        ...(on !== undefined && { listener_id: on }),
        ...(of !== undefined && { pool_id: of }),
      };
      await repeated(work, () => {
        resource.physicalId = createPart(world, caller, kind, given).id;
      });
      await settled(work, partOf(world.octavia, caller, kind, resource.physicalId).balancerId);
    },
    async remove(work) {
      const { world, caller, resource } = work;
      const found = world.octavia.parts.get(resource.physicalId);
      if (found === undefined) return;
      await repeated(work, () => deletePart(world, caller, kind, resource.physicalId));
      await settled(work, found.balancerId);
    },
    attribute: ({ world, stack, resource }, name) =>
      partView(partOf(world.octavia, stack.owner, kind, resource.physicalId))[name],
  };
}

/** Waits until nothing is being done to a load balancer. */
function settled(work: ResourceWork, id: string): Promise<void> {
  return poll(work, () => !work.world.octavia.balancers.get(id)?.status.startsWith('PENDING_'));
}

/** Does something as soon as Octavia lets it: another resource may be at the same load balancer. */
async function repeated(work: ResourceWork, act: () => void): Promise<void> {
  await poll(work, () => {
    try {
      ignoreMissing(act);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  });
}
