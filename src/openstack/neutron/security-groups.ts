import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  rules: readonly SecurityGroupRule[];
}

/** What may pass. Undefined means any. */
export interface SecurityGroupRule {
  direction: 'ingress' | 'egress';
  etherType: string;
  protocol?: string;
  fromPort?: number;
  toPort?: number;
  remoteCidr?: string;
  remoteGroupId?: string;
}

interface WireSecurityGroup {
  id: string;
  name: string;
  description: string;
  security_group_rules: readonly {
    direction: 'ingress' | 'egress';
    ethertype: string;
    protocol: string | null;
    port_range_min: number | null;
    port_range_max: number | null;
    remote_ip_prefix: string | null;
    remote_group_id: string | null;
  }[];
}

/** GET /security-groups: the project's security groups with their rules. */
export async function listSecurityGroups(
  neutron: ServiceClient,
  { name, pageSize }: { name?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<SecurityGroup[]> {
  const wire = await listAll<WireSecurityGroup>(neutron, 'security-groups', { name }, { pageSize, signal });
  return wire.map(({ id, name: groupName, description, security_group_rules }) => ({
    id,
    name: groupName,
    description,
    rules: security_group_rules.map(ruleFrom),
  }));
}

/** DELETE /security-groups/{id}: gone is success. 409 for one that a port has (SecurityGroupInUse). */
export async function deleteSecurityGroup(neutron: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await neutron.delete(['security-groups', id], {
    doing: `Deleting the security group ${id}`,
    ok: [204, 404],
    signal,
  });
}

function ruleFrom(rule: WireSecurityGroup['security_group_rules'][number]): SecurityGroupRule {
  return {
    direction: rule.direction,
    etherType: rule.ethertype,
    ...(rule.protocol === null ? {} : { protocol: rule.protocol }),
    ...(rule.port_range_min === null ? {} : { fromPort: rule.port_range_min }),
    ...(rule.port_range_max === null ? {} : { toPort: rule.port_range_max }),
    ...(rule.remote_ip_prefix === null ? {} : { remoteCidr: rule.remote_ip_prefix }),
    ...(rule.remote_group_id === null ? {} : { remoteGroupId: rule.remote_group_id }),
  };
}
