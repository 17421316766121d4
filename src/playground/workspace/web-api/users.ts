import { tiers } from '../state/rate-limits.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError } from './api-error.ts';
import type { ApiAnswer, ApiMethod } from './api-method.ts';
import { userObject } from './wire.ts';

function info(args: ApiArguments, { directory }: WorkspaceState): ApiAnswer {
  const user = directory.findUser(args.required('user'));
  if (user === undefined) throw new ApiError('user_not_found');
  return { user: userObject(user) };
}

export const userMethods: readonly ApiMethod[] = [
  { name: 'users.info', token: 'bot', scopes: ['users:read'], perMinute: tiers.tier4, run: info },
];
