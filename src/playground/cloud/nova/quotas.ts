import { ApiError } from '../http/api-error.ts';
import type { Flavor, NovaQuota, NovaState } from './state.ts';

/** How much of its quotas a project uses. */
export function quotaUsage(nova: NovaState, projectId: string): NovaQuota {
  const servers = [...nova.servers.values()].filter((server) => server.projectId === projectId);
  return {
    instances: servers.length,
    cores: servers.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    ram: servers.reduce((sum, { flavor }) => sum + flavor.ram, 0),
  };
}

/** 403 if one more server of that flavor is more than the project may have. */
export function checkQuota(nova: NovaState, projectId: string, flavor: Flavor): void {
  const used = quotaUsage(nova, projectId);
  const requested: NovaQuota = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
  const exceeded = (['instances', 'cores', 'ram'] as const).filter(
    (name) => used[name] + requested[name] > nova.quota[name],
  );
  if (exceeded.length === 0) return;
  const list = (numbers: NovaQuota): string => exceeded.map((name) => numbers[name]).join(', ');
  throw new ApiError(
    403,
    'forbidden',
    `Quota exceeded for ${exceeded.join(', ')}: Requested ${list(requested)}, but already used ${list(used)} of ${list(nova.quota)} ${exceeded.join(', ')}`,
  );
}

/** GET /limits */
export function limitsView(nova: NovaState, projectId: string): Record<string, number> {
  const used = quotaUsage(nova, projectId);
  return {
    maxTotalInstances: nova.quota.instances,
    maxTotalCores: nova.quota.cores,
    maxTotalRAMSize: nova.quota.ram,
    maxServerMeta: 128,
    maxImageMeta: 128,
    maxPersonality: 5,
    maxPersonalitySize: 10_240,
    maxTotalKeypairs: 200,
    maxServerGroups: 100,
    maxServerGroupMembers: 100,
    maxTotalFloatingIps: -1,
    maxSecurityGroups: -1,
    maxSecurityGroupRules: -1,
    totalRAMUsed: used.ram,
    totalCoresUsed: used.cores,
    totalInstancesUsed: used.instances,
    totalFloatingIpsUsed: 0,
    totalSecurityGroupsUsed: 0,
    totalServerGroupsUsed: [...nova.serverGroups.values()].filter((group) => group.projectId === projectId).length,
  };
}
