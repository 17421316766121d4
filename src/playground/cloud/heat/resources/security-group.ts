import {
  createRule,
  createSecurityGroup,
  deleteRule,
  deleteSecurityGroup,
  rulesOf,
  updateSecurityGroup,
} from '../../neutron/security-groups.ts';
import { isMap, listOf, mapOf } from '../../support/values.ts';
import { findId, viewOf } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { type PropertySchemas, property, type ResourceType, type ResourceWork } from './resource-type.ts';

const port = property('integer', { range: { min: 0, max: 65_535 } });

const rule: PropertySchemas = {
  direction: property('string', { default: 'ingress', allowed: ['ingress', 'egress'] }),
  ethertype: property('string', { default: 'IPv4', allowed: ['IPv4', 'IPv6'] }),
  protocol: property('string'),
  port_range_min: port,
  port_range_max: port,
  remote_ip_prefix: property('string', { custom: 'net_cidr' }),
  remote_mode: property('string', { default: 'remote_ip_prefix', allowed: ['remote_ip_prefix', 'remote_group_id'] }),
  remote_group_id: property('string'),
};

/** OS::Neutron::SecurityGroup */
export const securityGroup: ResourceType = {
  properties: {
    name: property('string', { updatable: true }),
    description: property('string', { updatable: true }),
    rules: property('list', { updatable: true, default: [], item: property('map', { keys: rule }) }),
  },
  attributes: [],
  validate({ name }) {
    if (name === 'default') throw new Error('Security groups cannot be assigned the name "default".');
  },
  create(work) {
    const { world, caller, resource, properties } = work;
    const { name = resource.physicalName, description } = properties;
    resource.physicalId = createSecurityGroup(world.neutron, caller, { name, description }).id;
    addRules(work);
  },
  update(work) {
    const { world, caller, resource, properties } = work;
    const { name = resource.physicalName, description } = properties;
    updateSecurityGroup(world.neutron, caller, resource.physicalId, { name, description });
    for (const old of rulesOf(world.neutron, resource.physicalId)) {
      // Those of null are Neutron's own, which let everything out.
      if (old.description !== null) deleteRule(world.neutron, caller, old.id);
    }
    addRules(work);
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteSecurityGroup(world.neutron, caller, resource.physicalId));
  },
  show: ({ world, stack, resource }) => viewOf(world, stack.owner, 'security_group', resource.physicalId),
  attribute: ({ world, stack, resource }, name) =>
    viewOf(world, stack.owner, 'security_group', resource.physicalId)[name],
};

/** OS::Neutron::SecurityGroupRule */
export const securityGroupRule: ResourceType = {
  properties: {
    security_group: property('string', { required: true, custom: 'neutron.security_group' }),
    description: property('string'),
    direction: property('string', { default: 'ingress', allowed: ['ingress', 'egress'] }),
    ethertype: property('string', { default: 'IPv4', allowed: ['IPv4', 'IPv6'] }),
    protocol: property('string', { default: 'tcp' }),
    port_range_min: port,
    port_range_max: port,
    remote_ip_prefix: property('string', { custom: 'net_cidr' }),
    remote_group: property('string', { custom: 'neutron.security_group' }),
  },
  attributes: [],
  create({ world, caller, resource, properties }) {
    const { security_group, remote_group, ...rest } = properties;
    const groups = {
      security_group_id: findId(world, caller, 'security_group', security_group),
      remote_group_id: findId(world, caller, 'security_group', remote_group),
    };
    resource.physicalId = createRule(world.neutron, caller, { ...rest, ...groups }).id;
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteRule(world.neutron, caller, resource.physicalId));
  },
  attribute: ({ world, stack, resource }, name) =>
    viewOf(world, stack.owner, 'security_group_rule', resource.physicalId)[name],
};

function addRules({ world, caller, resource, properties }: ResourceWork): void {
  for (const given of listOf(properties.rules).filter(isMap)) {
    const { remote_mode, remote_group_id, ...rest } = mapOf(given);
    const own = remote_mode === 'remote_group_id' ? { remote_group_id: remote_group_id ?? resource.physicalId } : {};
    createRule(world.neutron, caller, { ...rest, ...own, security_group_id: resource.physicalId });
  }
}
