import { createHash } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import type { Exchange, Reply, Route } from '../http/exchange.ts';
import type { World } from '../world.ts';
import { assign } from './people.ts';
import { authenticated, forbidden } from './tokens.ts';

const names = ['admin', 'member', 'reader', 'heat_stack_owner'];

/** Roles, and who has them where; for administrators. */
export const roleRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/roles', open: list },
  { method: 'PUT', path: '/v3/projects/:project/users/:user/roles/:role', open: grant },
  { method: 'DELETE', path: '/v3/projects/:project/users/:user/roles/:role', open: revoke },
];

/** The id of the role of that name. */
export function roleId(name: string): string {
  return createHash('md5').update(`role ${name}`).digest('hex');
}

function list(world: World, exchange: Exchange): Reply {
  administrator(world, exchange);
  const wanted = exchange.query.get('name');
  const found = names.filter((name) => wanted === null || name === wanted);
  return { status: 200, body: { roles: found.map((name) => ({ id: roleId(name), name, domain_id: null })) } };
}

function grant(world: World, exchange: Exchange): Reply {
  administrator(world, exchange);
  const { params } = exchange;
  const user = world.keystone.users.find(({ id }) => id === params.user) ?? missing('user', params.user);
  const project = world.keystone.projects.find(({ id }) => id === params.project) ?? missing('project', params.project);
  const role = names.find((name) => roleId(name) === params.role) ?? missing('role', params.role);
  const existing = find(world, exchange);
  if (existing === undefined) assign(world.keystone, user, project, [role]);
  else existing.roles = [...new Set([...existing.roles, role])];
  return { status: 204 };
}

function revoke(world: World, exchange: Exchange): Reply {
  administrator(world, exchange);
  const assignment = find(world, exchange);
  if (assignment === undefined) return missing('role assignment', exchange.params.role);
  assignment.roles = assignment.roles.filter((name) => roleId(name) !== exchange.params.role);
  if (assignment.roles.length === 0) {
    world.keystone.assignments.splice(world.keystone.assignments.indexOf(assignment), 1);
  }
  return { status: 204 };
}

function find(world: World, { params }: Exchange) {
  return world.keystone.assignments.find(
    ({ user, project }) => user.id === params.user && project.id === params.project,
  );
}

function administrator(world: World, exchange: Exchange): void {
  if (!authenticated(world, exchange).roles.includes('admin')) throw forbidden('identity:create_grant');
}

function missing(kind: string, id: string | undefined): never {
  throw new ApiError(404, 'Not Found', `Could not find ${kind}: ${id}.`);
}
