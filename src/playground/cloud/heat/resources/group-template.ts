import { isMap, mapOf } from '../../support/values.ts';
import { follow } from '../functions/heat-function.ts';
import type { Stack } from '../state.ts';
import { parseTemplate } from '../template/parse-template.ts';
import type { Template } from '../template/template.ts';
import type { ResourceLook } from './resource-type.ts';

/** The template of a group's stack: the same resource once for each member. */
export function groupTemplate(names: readonly string[], definition: (name: string) => unknown): Template {
  const resources = Object.fromEntries(names.map((name) => [name, memberDefinition(definition(name))]));
  return parseTemplate({ heat_template_version: '2015-04-30', resources });
}

/** The members of a group, oldest first. */
export function membersOf(look: ResourceLook): string[] {
  const stack = look.engine.nestedStack(look);
  if (stack === undefined) return [];
  return [...stack.resources.values()]
    .filter(({ action }) => action !== 'DELETE')
    .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .map(({ name }) => name);
}

/** An attribute of each member, or what a path leads to in it, by the member's name. */
export function memberAttributes(look: ResourceLook, attribute: string, path: readonly unknown[]): [string, unknown][] {
  return eachMember(look, (stack, name) => look.engine.attribute(look.world, stack, name, attribute, path));
}

/** What every group tells: `refs`, `refs_map`, and `resource.<member>` and on from there. Undefined for anything else. */
export function groupAttribute(look: ResourceLook, name: string, path: readonly unknown[]): unknown {
  if (name !== 'refs' && name !== 'refs_map') return memberByPath(look, name, path);
  const references = eachMember(look, (stack, member) => look.engine.reference(look.world, stack, member));
  return follow(name === 'refs' ? references.map(([, one]) => one) : Object.fromEntries(references), path);
}

function memberByPath(look: ResourceLook, attribute: string, path: readonly unknown[]): unknown {
  const inner = /^resource\.(.+)$/.exec(attribute)?.[1];
  const stack = look.engine.nestedStack(look);
  if (inner === undefined || stack === undefined) return undefined;
  return attributeInside(look, stack, [...inner.split('.'), ...path]);
}

/** What a path that begins with a resource of a nested stack leads to. */
export function attributeInside(
  { engine, world }: ResourceLook,
  stack: Stack,
  [name, attribute, ...path]: readonly unknown[],
): unknown {
  if (attribute === undefined) return engine.reference(world, stack, String(name));
  return engine.attribute(world, stack, String(name), String(attribute), path);
}

function eachMember(look: ResourceLook, read: (stack: Stack, name: string) => unknown): [string, unknown][] {
  const stack = look.engine.nestedStack(look);
  return stack === undefined ? [] : membersOf(look).map((name) => [name, read(stack, name)]);
}

function memberDefinition(given: unknown): Record<string, unknown> {
  const { type, properties, metadata } = mapOf(given);
  return { type, ...(isMap(properties) ? { properties } : {}), ...(isMap(metadata) ? { metadata } : {}) };
}
