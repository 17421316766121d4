import { team, type UserGroup } from '../state/directory.ts';
import { tiers } from '../state/rate-limits.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError } from './api-error.ts';
import type { ApiAnswer, ApiMethod } from './api-method.ts';

function groupObject(group: UserGroup, withUsers: boolean): Record<string, unknown> {
  return {
    id: group.id,
    team_id: team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    user_count: group.members.length,
    ...(withUsers && { users: group.members }),
  };
}

function listGroups(args: ApiArguments, { directory }: WorkspaceState): ApiAnswer {
  const withUsers = args.text('include_users') === 'true';
  return { usergroups: directory.userGroups.map((group) => groupObject(group, withUsers)) };
}

function listUsers(args: ApiArguments, { directory }: WorkspaceState): ApiAnswer {
  const id = args.required('usergroup');
  const group = directory.userGroups.find((candidate) => candidate.id === id);
  if (group === undefined) throw new ApiError('no_such_subteam');
  return { users: group.members };
}

const reading = { token: 'bot', scopes: ['usergroups:read'], perMinute: tiers.tier2 } as const;

export const userGroupMethods: readonly ApiMethod[] = [
  { name: 'usergroups.list', ...reading, run: listGroups },
  { name: 'usergroups.users.list', ...reading, run: listUsers },
];
