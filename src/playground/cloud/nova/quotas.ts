import { ApiError } from '../http/api-error.ts';
import { mapOf, numberOf } from '../support/values.ts';
import { atLeast } from './microversion.ts';
import type { Flavor, NovaQuota, NovaState } from './state.ts';

/** What a project may have where an operator has set nothing for it. */
export const usualQuota: NovaQuota = {
  instances: 100,
  cores: 200,
  ram: 409_600,
  keyPairs: 200,
  serverGroups: 100,
  serverGroupMembers: 100,
};

const wireNames = {
  instances: 'instances',
  cores: 'cores',
  ram: 'ram',
  keyPairs: 'key_pairs',
  serverGroups: 'server_groups',
  serverGroupMembers: 'server_group_members',
} as const satisfies Record<keyof NovaQuota, string>;

const counted = Object.keys(wireNames) as (keyof NovaQuota)[];

type Usage = Pick<NovaQuota, 'instances' | 'cores' | 'ram'>;

/** What a project may have. */
export function quotaOf(nova: NovaState, projectId: string): NovaQuota {
  return { ...nova.quota, ...nova.quotas.get(projectId) };
}

/** What an operator's PUT /os-quota-sets/{project} says. */
export function setQuota(nova: NovaState, projectId: string, body: Record<string, unknown>): void {
  const given = mapOf(body.quota_set);
  const changed = counted.flatMap((name) => {
    const value = numberOf(given[wireNames[name]]);
    return value === undefined ? [] : [[name, value]];
  });
  nova.quotas.set(projectId, { ...nova.quotas.get(projectId), ...Object.fromEntries(changed) });
}

/** How much of its quotas a project uses. */
export function quotaUsage(nova: NovaState, projectId: string): Usage {
  const servers = [...nova.servers.values()].filter((server) => server.projectId === projectId);
  return {
    instances: servers.length,
    cores: servers.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    ram: servers.reduce((sum, { flavor }) => sum + flavor.ram, 0),
  };
}

/** 403 if one more server of that flavor is more than the project may have. */
export function checkQuota(nova: NovaState, projectId: string, flavor: Flavor): void {
  const quota = quotaOf(nova, projectId);
  const used = quotaUsage(nova, projectId);
  const requested: Usage = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
  const exceeded = (['instances', 'cores', 'ram'] as const).filter((name) =>
    isExceeded(used[name] + requested[name], quota[name]),
  );
  if (exceeded.length === 0) return;
  const list = (numbers: Usage): string => exceeded.map((name) => numbers[name]).join(', ');
  throw overQuota(
    `Quota exceeded for ${exceeded.join(', ')}: Requested ${list(requested)}, but already used ${list(used)} of ${list(quota)} ${exceeded.join(', ')}`,
  );
}

/** 403 if `count` of something is more than there may be; -1 is no limit. */
export function checkCount(count: number, max: number, things: string): void {
  if (isExceeded(count, max)) throw overQuota(`Quota exceeded, too many ${things}`);
}

/** GET /os-quota-sets/{project}, and with `detail` what is used. Nova counts nothing of what is not a server there. */
export function quotaSet(nova: NovaState, projectId: string, detail: boolean): Record<string, unknown> {
  const quota = quotaOf(nova, projectId);
  const used: Partial<NovaQuota> = quotaUsage(nova, projectId);
  const entries = counted.map((name) => [
    wireNames[name],
    detail ? { limit: quota[name], in_use: used[name] ?? 0, reserved: 0 } : quota[name],
  ]);
  return { id: projectId, ...Object.fromEntries(entries) };
}

/** GET /limits, from which the microversions 2.36, 2.39 and 2.57 took away what Nova no longer has. */
export function limitsView(nova: NovaState, projectId: string, version: string): Record<string, number> {
  const quota = quotaOf(nova, projectId);
  const used = quotaUsage(nova, projectId);
  const groups = [...nova.serverGroups.values()].filter((group) => group.projectId === projectId);
  return {
    maxTotalInstances: quota.instances,
    maxTotalCores: quota.cores,
    maxTotalRAMSize: quota.ram,
    maxServerMeta: 128,
    ...(atLeast(version, '2.39') ? {} : { maxImageMeta: 128 }),
    ...(atLeast(version, '2.57') ? {} : { maxPersonality: 5, maxPersonalitySize: 10_240 }),
    maxTotalKeypairs: quota.keyPairs,
    maxServerGroups: quota.serverGroups,
    maxServerGroupMembers: quota.serverGroupMembers,
    ...(atLeast(version, '2.36')
      ? {}
      : {
          maxTotalFloatingIps: -1,
          maxSecurityGroups: -1,
          maxSecurityGroupRules: -1,
          totalFloatingIpsUsed: 0,
          totalSecurityGroupsUsed: 0,
        }),
    totalRAMUsed: used.ram,
    totalCoresUsed: used.cores,
    totalInstancesUsed: used.instances,
    totalServerGroupsUsed: groups.length,
  };
}

function isExceeded(count: number, max: number): boolean {
  return max >= 0 && count > max;
}

function overQuota(message: string): ApiError {
  return new ApiError(403, 'forbidden', message);
}
