import { ApiError } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { missing } from './errors.ts';
import type { Resource, Stack } from './state.ts';

/** The project in the path must be the token's. */
export function checkProject(exchange: Exchange, caller: Caller): void {
  if (exchange.params.project !== caller.projectId) {
    throw new ApiError(403, 'HTTPForbidden', 'Access was denied to this resource.');
  }
}

/** A project's stack by name, or by id; a name counts only while the stack is there. */
export function stackByName(world: World, projectId: string, nameOrId: string): Stack {
  const mine = [...world.heat.stacks.values()].filter(({ owner }) => owner.projectId === projectId);
  const found =
    mine.find(({ id }) => id === nameOrId) ??
    mine.find(({ name, deletedAt }) => name === nameOrId && deletedAt === undefined);
  if (found === undefined) throw missing('Stack', nameOrId);
  return found;
}

/** The stack that a path names in full; also one that was deleted, unless it has to be there. */
export function stackInPath(world: World, exchange: Exchange, caller: Caller, alive = false): Stack {
  checkProject(exchange, caller);
  const { name = '', id = '' } = exchange.params;
  const stack = world.heat.stacks.get(id);
  const isThere = stack !== undefined && stack.name === name && stack.owner.projectId === caller.projectId;
  if (!isThere || (alive && stack.deletedAt !== undefined)) throw missing('Stack', name);
  return stack;
}

/** The resource that a path names. */
export function resourceInPath(stack: Stack, exchange: Exchange): Resource {
  const name = exchange.params.resource ?? '';
  const resource = stack.resources.get(name);
  if (resource === undefined) {
    throw new ApiError(404, 'ResourceNotFound', `The Resource (${name}) could not be found in Stack ${stack.name}.`);
  }
  return resource;
}

/** A stack and those nested in it, down to a depth. */
export function withNested(world: World, stack: Stack, depth: number): Stack[] {
  if (depth <= 0) return [stack];
  const children = [...world.heat.stacks.values()].filter(({ parent }) => parent?.stackId === stack.id);
  return [stack, ...children.flatMap((child) => withNested(world, child, depth - 1))];
}
