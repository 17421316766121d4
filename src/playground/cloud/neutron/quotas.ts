import type { Caller } from '../keystone/state.ts';
import { mapOf, numberOf } from '../support/values.ts';
import { conflict } from './errors.ts';
import type { NeutronState } from './state.ts';

const limits = {
  network: 200,
  subnet: 200,
  subnetpool: -1,
  port: 1000,
  router: 100,
  floatingip: 200,
  rbac_policy: 10,
  security_group: 200,
  security_group_rule: 2000,
} as const;

/** What there is a quota for. */
export type Counted = keyof typeof limits;

/** What a project may have of everything; -1 for no limit. */
export function quotasOf(neutron: NeutronState, projectId: string): Record<string, number> {
  return { ...limits, ...neutron.quotas.get(projectId) };
}

/** What an operator's PUT /quotas/{project} says. */
export function setQuotas(neutron: NeutronState, projectId: string, body: Record<string, unknown>): void {
  const changed = Object.entries(mapOf(body.quota)).flatMap(([name, given]) => {
    const value = numberOf(given);
    return name in limits && value !== undefined ? [[name, value]] : [];
  });
  neutron.quotas.set(projectId, { ...neutron.quotas.get(projectId), ...Object.fromEntries(changed) });
}

/** The project's quotas, and how much of each is used. What a request reserves is used before anybody can look. */
export function quotaUsage(neutron: NeutronState, projectId: string): Record<string, object> {
  const entries = Object.entries(quotasOf(neutron, projectId));
  return Object.fromEntries(
    entries.map(([name, limit]) => [name, { limit, used: used(neutron, projectId, name), reserved: 0 }]),
  );
}

/** 409 if the project has used up its quota of something. */
export function checkQuota(neutron: NeutronState, caller: Caller, counted: Counted): void {
  const limit = quotasOf(neutron, caller.projectId)[counted] ?? -1;
  if (limit >= 0 && used(neutron, caller.projectId, counted) >= limit) {
    throw conflict('OverQuota', `Quota exceeded for resources: ['${counted}'].`);
  }
}

function used(neutron: NeutronState, projectId: string, counted: string): number {
  const things = collection(neutron, counted);
  return [...things].filter((thing) => thing.projectId === projectId).length;
}

function collection(neutron: NeutronState, counted: string): Iterable<{ projectId: string }> {
  const all: Readonly<Record<string, ReadonlyMap<string, { projectId: string }>>> = {
    network: neutron.networks,
    subnet: neutron.subnets,
    port: neutron.ports,
    router: neutron.routers,
    floatingip: neutron.floatingIps,
    security_group: neutron.securityGroups,
    security_group_rule: neutron.rules,
  };
  return all[counted]?.values() ?? [];
}
