import type { Caller } from '../../keystone/state.ts';
import { collections } from '../../neutron/collections.ts';
import { isMap, listOf } from '../../support/values.ts';
import type { World } from '../../world.ts';
import type { ResourceDefinition, Template } from '../template/template.ts';

/** The id of something of Neutron that is given by id or name; as it came if there is no such thing. */
export function findId(world: World, caller: Caller, thing: string, nameOrId: unknown): string | undefined {
  if (nameOrId === undefined || nameOrId === null || nameOrId === '') return undefined;
  const all = collections.find((one) => one.thing === thing)?.list(world.neutron, caller) ?? [];
  const found = all.find(({ id }) => id === nameOrId) ?? all.find(({ name }) => name === nameOrId);
  return String(found?.id ?? nameOrId);
}

/** The form of a thing of Neutron; empty once it is gone. */
export function viewOf(world: World, caller: Caller, thing: string, id: string): Record<string, unknown> {
  try {
    return collections.find((one) => one.thing === thing)?.show(world.neutron, caller, id) ?? {};
  } catch {
    return {};
  }
}

/** The resources of a type whose property says the same, as it is written, as another's does. */
export function sharing(template: Template, type: string, names: readonly string[], value: unknown): string[] {
  if (value === undefined) return [];
  return [...template.resources.values()]
    .filter((other) => other.type === type && names.some((name) => isSame(other.properties[name], value)))
    .map(({ name }) => name);
}

/** The property of one of several names that a definition has. */
export function either(definition: ResourceDefinition, ...names: string[]): unknown {
  return names.map((name) => definition.properties[name]).find((value) => value !== undefined);
}

/** What a list of maps says under one of several keys. */
export function each(list: unknown, ...keys: string[]): unknown[] {
  return listOf(list).flatMap((item) =>
    isMap(item) ? keys.map((key) => item[key]).filter((value) => value !== undefined) : [],
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
