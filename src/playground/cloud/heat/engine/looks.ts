import type { World } from '../../world.ts';
import { follow } from '../functions/heat-function.ts';
import { resolve } from '../functions/resolve.ts';
import type { Engine } from '../resources/resource-type.ts';
import { typeOf } from '../resources/types.ts';
import type { Resource, Stack } from '../state.ts';
import { stackScope } from './stack-scope.ts';

/** An attribute of a resource, or what a path leads to in it; null while the resource does not exist. */
export function attributeOf(
  world: World,
  engine: Engine,
  stack: Stack,
  name: string,
  attribute: string,
  path: readonly unknown[] = [],
): unknown {
  const resource = stack.resources.get(name);
  if (resource === undefined || !exists(resource)) return null;
  const type = typeOf(resource.type, stack.files);
  const look = { world, engine, stack, resource };
  if (type.attributeAt !== undefined) return type.attributeAt(look, attribute, path) ?? null;
  const value = attribute === 'show' ? type.show?.(look) : type.attribute?.(look, attribute);
  return follow(value ?? null, path);
}

/** What get_resource gives of a resource; its made-up name while it does not exist. */
export function referenceOf(world: World, engine: Engine, stack: Stack, name: string): unknown {
  const resource = stack.resources.get(name);
  if (resource === undefined) return name;
  const type = typeOf(resource.type, stack.files);
  if (type.reference !== undefined) return type.reference({ world, engine, stack, resource });
  return resource.physicalId === '' ? resource.physicalName : resource.physicalId;
}

/** The value of an output. Throws what is wrong with it, as the functions in it say. */
export function outputOf(world: World, engine: Engine, stack: Stack, name: string): unknown {
  const output = stack.active.outputs.get(name);
  return output === undefined ? null : (resolve(output.value, stackScope(world, engine, stack)) ?? null);
}

/** A resource exists, for those who ask for its attributes, once its creation has begun to show. */
function exists({ action, status, physicalId }: Resource): boolean {
  return physicalId !== '' || (action !== 'INIT' && status !== 'FAILED' && action !== 'DELETE');
}
