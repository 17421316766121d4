import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, type Route, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { quotasOf, quotaUsage, setQuotas } from './quotas.ts';

const path = '/v2.0/quotas/:project';

/** What a project may have: to be read by its members, to be changed by operators. */
export const quotaRoutes: readonly Route[] = [
  { method: 'GET', path, handle: showQuotas },
  { method: 'PUT', path, handle: changeQuotas },
  { method: 'GET', path: `${path}/details.json`, handle: showUsage },
  { method: 'GET', path: `${path}/details`, handle: showUsage },
];

function showQuotas({ neutron }: World, { params: { project = '' } }: Exchange, caller: Caller): Reply {
  if (!mayRead(caller, project)) throw notAuthorized('get_quota');
  return { status: 200, body: { quota: quotasOf(neutron, project) } };
}

function showUsage({ neutron }: World, { params: { project = '' } }: Exchange, caller: Caller): Reply {
  if (!mayRead(caller, project)) {
    throw new ApiError(
      403,
      'AdminRequired',
      'User does not have admin privileges: Only admin is authorized to access quotas for another project.',
    );
  }
  return { status: 200, body: { quota: quotaUsage(neutron, project) } };
}

async function changeQuotas({ neutron }: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const { project = '' } = exchange.params;
  if (!caller.isAdmin) throw notAuthorized('update_quota');
  setQuotas(neutron, project, await readJson(exchange));
  return { status: 200, body: { quota: quotasOf(neutron, project) } };
}

function mayRead(caller: Caller, project: string): boolean {
  return caller.isAdmin || project === caller.projectId;
}

function notAuthorized(rule: string): ApiError {
  return new ApiError(403, 'PolicyNotAuthorized', `rule:${rule} is disallowed by policy`);
}
