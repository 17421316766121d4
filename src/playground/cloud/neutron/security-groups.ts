import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import { seconds } from '../support/times.ts';
import { numberOf, textOf } from '../support/values.ts';
import { commonOf, renameWith } from './attributes.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { checkQuota } from './quotas.ts';
import type { NeutronState, SecurityGroup, SecurityGroupRule } from './state.ts';

/** What a request may say of a security group. */
export const securityGroupAttributes = ['name', 'description', 'stateful', 'tenant_id', 'project_id'];

/** What a request may say of a rule. */
export const ruleAttributes = [
  'security_group_id',
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
  'remote_address_group_id',
  'description',
  'tenant_id',
  'project_id',
];

/** Makes a security group, which lets everything out and nothing in. */
export function createSecurityGroup(
  neutron: NeutronState,
  caller: Caller,
  attributes: Record<string, unknown>,
): SecurityGroup {
  defaultSecurityGroup(neutron, caller);
  if (attributes.name === 'default')
    throw conflict('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  return addGroup(neutron, caller, attributes);
}

/** The project's group `default`, made when first needed. */
export function defaultSecurityGroup(neutron: NeutronState, caller: Caller): SecurityGroup {
  const existing = [...neutron.securityGroups.values()].find(
    ({ name, projectId }) => name === 'default' && projectId === caller.projectId,
  );
  if (existing !== undefined) return existing;
  const group = addGroup(neutron, caller, { name: 'default', description: 'Default security group' });
  for (const ethertype of ['IPv4', 'IPv6'])
    addRule(neutron, group, { direction: 'ingress', ethertype, remote_group_id: group.id, description: null });
  return group;
}

/** The security group, or a 404. */
export function securityGroupOf(neutron: NeutronState, caller: Caller, id: string): SecurityGroup {
  const group = neutron.securityGroups.get(id);
  if (group === undefined || !(caller.isAdmin || group.projectId === caller.projectId)) {
    throw notFound('SecurityGroupNotFound', `Security group ${id} does not exist`);
  }
  return group;
}

/** The security groups that somebody sees. */
export function visibleSecurityGroups(neutron: NeutronState, caller: Caller): SecurityGroup[] {
  defaultSecurityGroup(neutron, caller);
  return [...neutron.securityGroups.values()].filter(
    ({ projectId }) => caller.isAdmin || projectId === caller.projectId,
  );
}

/** Changes a security group's name or description. */
export function updateSecurityGroup(
  neutron: NeutronState,
  caller: Caller,
  id: string,
  attributes: Record<string, unknown>,
): SecurityGroup {
  const group = securityGroupOf(neutron, caller, id);
  renameWith(group, attributes);
  return group;
}

/** Deletes a security group; 409 while a port is in it. */
export function deleteSecurityGroup(neutron: NeutronState, caller: Caller, id: string): void {
  const group = securityGroupOf(neutron, caller, id);
  const isUsed = [...neutron.ports.values()].some(({ securityGroups }) => securityGroups.includes(id));
  if (isUsed) throw conflict('SecurityGroupInUse', `Security Group ${id} in use.`);
  if (group.name === 'default' && !caller.isAdmin) {
    throw conflict('SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default security group.');
  }
  neutron.securityGroups.delete(id);
  for (const rule of rulesOf(neutron, id)) neutron.rules.delete(rule.id);
}

/** Adds a rule to a security group; 409 for one that is there already. */
export function createRule(
  neutron: NeutronState,
  caller: Caller,
  attributes: Record<string, unknown>,
): SecurityGroupRule {
  const group = securityGroupOf(neutron, caller, String(attributes.security_group_id));
  checkQuota(neutron, caller, 'security_group_rule');
  if (!['ingress', 'egress'].includes(String(attributes.direction))) {
    throw badRequest(
      'HTTPBadRequest',
      `Invalid input for direction. Reason: '${attributes.direction}' is not in ['ingress', 'egress'].`,
    );
  }
  return addRule(neutron, group, attributes);
}

/** The rule, or a 404. */
export function ruleOf(neutron: NeutronState, caller: Caller, id: string): SecurityGroupRule {
  const rule = neutron.rules.get(id);
  if (rule === undefined || !(caller.isAdmin || rule.projectId === caller.projectId)) {
    throw notFound('SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`);
  }
  return rule;
}

/** The rules that somebody sees. */
export function visibleRules(neutron: NeutronState, caller: Caller): SecurityGroupRule[] {
  return [...neutron.rules.values()].filter(({ projectId }) => caller.isAdmin || projectId === caller.projectId);
}

/** Deletes a rule. */
export function deleteRule(neutron: NeutronState, caller: Caller, id: string): void {
  neutron.rules.delete(ruleOf(neutron, caller, id).id);
}

/** The rules of a group. */
export function rulesOf(neutron: NeutronState, groupId: string): SecurityGroupRule[] {
  return [...neutron.rules.values()].filter((rule) => rule.groupId === groupId);
}

/** A security group as the wire has it, with its rules. */
export function securityGroupView(neutron: NeutronState, group: SecurityGroup): Record<string, unknown> {
  return {
    id: group.id,
    name: group.name,
    stateful: group.stateful,
    tenant_id: group.projectId,
    project_id: group.projectId,
    description: group.description,
    shared: false,
    security_group_rules: rulesOf(neutron, group.id).map(ruleView),
    tags: group.tags,
    created_at: seconds(group.createdAt),
    updated_at: seconds(group.updatedAt),
    revision_number: 1,
  };
}

/** A rule as the wire has it. */
export function ruleView(rule: SecurityGroupRule): Record<string, unknown> {
  return {
    id: rule.id,
    tenant_id: rule.projectId,
    project_id: rule.projectId,
    security_group_id: rule.groupId,
    ethertype: rule.ethertype,
    direction: rule.direction,
    protocol: rule.protocol,
    port_range_min: rule.portMin,
    port_range_max: rule.portMax,
    remote_ip_prefix: rule.remotePrefix,
    remote_address_group_id: null,
    normalized_cidr: rule.remotePrefix,
    remote_group_id: rule.remoteGroupId,
    description: rule.description,
    created_at: seconds(rule.createdAt),
    updated_at: seconds(rule.createdAt),
    revision_number: 0,
  };
}

function addGroup(neutron: NeutronState, caller: Caller, attributes: Record<string, unknown>): SecurityGroup {
  checkQuota(neutron, caller, 'security_group');
  const group = {
    ...commonOf(attributes),
    id: uuid(),
    projectId: caller.projectId,
    stateful: attributes.stateful !== false,
  };
  neutron.securityGroups.set(group.id, group);
  for (const ethertype of ['IPv4', 'IPv6'])
    addRule(neutron, group, { direction: 'egress', ethertype, description: null });
  return group;
}

function addRule(neutron: NeutronState, group: SecurityGroup, attributes: Record<string, unknown>): SecurityGroupRule {
  const rule = ruleFrom(group, attributes);
  const twin = rulesOf(neutron, group.id).find((other) => saysTheSame(rule, other));
  if (twin !== undefined) {
    throw conflict('SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${twin.id}.`);
  }
  neutron.rules.set(rule.id, rule);
  return rule;
}

function ruleFrom(group: SecurityGroup, attributes: Record<string, unknown>): SecurityGroupRule {
  const { protocol, description = '' } = attributes;
  return {
    id: uuid(),
    groupId: group.id,
    projectId: group.projectId,
    direction: attributes.direction === 'egress' ? 'egress' : 'ingress',
    ethertype: textOf(attributes.ethertype) ?? 'IPv4',
    protocol: protocol === undefined || protocol === null ? null : String(protocol),
    portMin: numberOf(attributes.port_range_min) ?? null,
    portMax: numberOf(attributes.port_range_max) ?? null,
    remotePrefix: textOf(attributes.remote_ip_prefix) ?? null,
    remoteGroupId: textOf(attributes.remote_group_id) ?? null,
    description: description === null ? null : String(description),
    createdAt: new Date(),
  };
}

function saysTheSame(one: SecurityGroupRule, other: SecurityGroupRule): boolean {
  const facts = (rule: SecurityGroupRule): unknown[] => [
    rule.direction,
    rule.ethertype,
    rule.protocol,
    rule.portMin,
    rule.portMax,
    rule.remotePrefix,
    rule.remoteGroupId,
  ];
  return JSON.stringify(facts(one)) === JSON.stringify(facts(other));
}
