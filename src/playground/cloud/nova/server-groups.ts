import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import { listOf, mapOf } from '../support/values.ts';
import { atLeast } from './microversion.ts';
import { checkCount, quotaOf } from './quotas.ts';
import type { NovaState, ServerGroup } from './state.ts';

const policies = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'];

/** Makes a server group. */
export function createServerGroup(nova: NovaState, caller: Caller, body: Record<string, unknown>): ServerGroup {
  const given = mapOf(body.server_group);
  const policy = String(given.policy ?? listOf(given.policies)[0]);
  if (!policies.includes(policy)) {
    throw new ApiError(
      400,
      'badRequest',
      `Invalid input for field/attribute 0. Value: ${policy}. '${policy}' is not one of ${JSON.stringify(policies)}`,
    );
  }
  const { userId, projectId } = caller;
  checkCount(serverGroupsOf(nova, caller).length + 1, quotaOf(nova, projectId).serverGroups, 'server groups.');
  const group = { id: uuid(), name: String(given.name), policy, projectId, userId, memberIds: [] };
  nova.serverGroups.set(group.id, group);
  return group;
}

/** The server group, or a 404. */
export function serverGroupOf(nova: NovaState, caller: Caller, id: string): ServerGroup {
  const group = nova.serverGroups.get(id);
  if (group === undefined || !(caller.isAdmin || group.projectId === caller.projectId)) {
    throw new ApiError(404, 'itemNotFound', `Instance group ${id} could not be found.`);
  }
  return group;
}

/** The server groups of a project. */
export function serverGroupsOf(nova: NovaState, caller: Caller): ServerGroup[] {
  return [...nova.serverGroups.values()].filter(({ projectId }) => projectId === caller.projectId);
}

/** Deletes a server group. */
export function deleteServerGroup(nova: NovaState, caller: Caller, id: string): void {
  nova.serverGroups.delete(serverGroupOf(nova, caller, id).id);
}

/** A server group as a microversion has it. */
export function serverGroupView(group: ServerGroup, version = '2.1'): Record<string, unknown> {
  return {
    id: group.id,
    name: group.name,
    ...(atLeast(version, '2.64') ? { policy: group.policy, rules: {} } : { policies: [group.policy], metadata: {} }),
    members: group.memberIds,
    ...(atLeast(version, '2.13') ? { project_id: group.projectId, user_id: group.userId } : {}),
  };
}
