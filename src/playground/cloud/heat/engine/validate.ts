import { ApiError } from '../../http/api-error.ts';
import type { Caller } from '../../keystone/state.ts';
import { isMap, listOf } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { invalid } from '../errors.ts';
import { resolve } from '../functions/resolve.ts';
import { unresolved } from '../functions/scope.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import { typeOf } from '../resources/types.ts';
import type { OutputDefinition, ResourceDefinition, Template } from '../template/template.ts';
import { activeTemplate } from './active-template.ts';
import { dependencyGraph, referencesIn } from './graph.ts';
import { type Existing, PropertyError, typedProperties } from './properties.ts';
import { type Known, knownScope } from './stack-scope.ts';

/** Heat's own limit: a stack in a stack in a stack … */
const deepest = 5;

/**
 * Refuses with a 400, as Heat does before there is a stack, what can be seen to be wrong: types, properties, references,
 * and at the top also names of flavors, images and the like. What is nested is checked for its form alone.
 */
export function validateStack(world: World, caller: Caller, known: Known): void {
  checkLevel(known, { world, caller }, '', 1);
}

/** Refuses a template that is wrong whatever its parameters are; of these only those that decide have to be given. */
export function validateTemplateForm(
  template: Template,
  files: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
): void {
  const values = [...template.parameters.values()].map((one): [string, unknown] => [
    one.name,
    given[one.name] ?? one.default ?? undefined,
  ]);
  checkConditions({ template, files, parameters: new Map(values) });
  checkLevel({ template, files, parameters: placeholders(template.parameters.keys()) }, undefined, '', 1);
}

function checkConditions(known: Known): void {
  const scope = knownScope(known);
  for (const name of Object.keys(known.template.conditions)) {
    try {
      scope.condition(name);
    } catch (error) {
      throw error instanceof ApiError ? error : invalid(messageOf(error), 'UserParameterMissing');
    }
  }
}

function checkLevel(known: Known, existing: Existing | undefined, prefix: string, depth: number): void {
  if (depth > deepest)
    throw new ApiError(400, 'RequestLimitExceeded', `Request limit exceeded: Recursion depth exceeds ${deepest}.`);
  const active = { ...known, template: activeTemplate(known) };
  for (const definition of active.template.resources.values()) {
    checkReferences(active, definition);
    checkResource(active, definition, existing, prefix, depth);
  }
  for (const output of active.template.outputs.values()) checkOutput(active, output);
  dependencyGraph(active.template, active.files);
}

function checkOutput(known: Known, { name, value }: OutputDefinition): void {
  for (const reference of referencesWithin(value, `outputs.${name}.value`)) {
    const { resource, attribute, path } = reference;
    if (attribute !== undefined && !known.template.resources.has(resource)) {
      throw invalid(`${path}.get_attr: : The specified reference "${resource}" (in unknown) is incorrect.`);
    }
    checkAttribute(known, reference);
  }
}

function checkReferences({ template }: Known, { name, dependsOn, properties }: ResourceDefinition): void {
  const known = template.resources;
  const absent = dependsOn.find((need) => !known.has(need));
  if (absent !== undefined) throw wrongReference(absent, name);
  for (const [key, value] of Object.entries(properties)) {
    const reference = referencesIn(value).find((one) => !known.has(one));
    if (reference !== undefined) throw wrongReference(reference, `${name}.Properties.${key}`);
  }
}

function wrongReference(reference: string, where: string): ApiError {
  return invalid(`The specified reference "${reference}" (in ${where}) is incorrect.`, 'InvalidTemplateReference');
}

function checkResource(
  known: Known,
  definition: ResourceDefinition,
  existing: Existing | undefined,
  prefix: string,
  depth: number,
): void {
  const type = typeOf(definition.type, known.files);
  const path = `${prefix}resources.${definition.name}.properties`;
  for (const reference of referencesWithin(definition.properties, path)) checkAttribute(known, reference);
  const properties = checkedProperties(known, definition, type, path, existing);
  try {
    type.validate?.(properties);
  } catch (error) {
    throw invalid(messageOf(error));
  }
  const nested = type.nested?.(properties, definition.name);
  if (nested === undefined) return;
  const inner = {
    template: nested.template,
    files: known.files,
    parameters: placeholders(nested.template.parameters.keys()),
  };
  checkLevel(inner, undefined, `${prefix}${nested.path}`, depth + 1);
}

function checkedProperties(
  known: Known,
  definition: ResourceDefinition,
  type: ResourceType,
  path: string,
  existing: Existing | undefined,
): Record<string, unknown> {
  try {
    const scope = knownScope(known);
    const given = Object.entries(definition.properties).map(([name, value]) => [
      name,
      resolvedProperty(value, scope, `${path}.${name}`),
    ]);
    return typedProperties(type.properties, Object.fromEntries(given), path, existing);
  } catch (error) {
    if (error instanceof PropertyError) throw invalid(`Property error: : ${error.path}: : ${error.message}`);
    throw error;
  }
}

function resolvedProperty(value: unknown, scope: ReturnType<typeof knownScope>, path: string): unknown {
  try {
    return resolve(value, scope);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new PropertyError(path, messageOf(error));
  }
}

interface Reference {
  resource: string;
  /** Missing in a get_resource. */
  attribute?: unknown;
  path: string;
}

/** All that a part of a template refers to, and where. */
function referencesWithin(value: unknown, path: string): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => referencesWithin(item, `${path}[${index}]`));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'get_resource') return [{ resource: String(inner), path }];
    if (key !== 'get_attr') return referencesWithin(inner, `${path}.${key}`);
    const [resource, attribute] = listOf(inner);
    return [{ resource: String(resource), attribute, path }];
  });
}

/** A get_attr must be of an attribute that the type of its resource has. */
function checkAttribute(known: Known, { resource, attribute, path }: Reference): void {
  const definition = known.template.resources.get(resource);
  if (definition === undefined || typeof attribute !== 'string' || attribute === 'show') return;
  const { attributes, openAttributes } = typeOf(definition.type, known.files);
  if (openAttributes === true || attributes.includes(attribute)) return;
  throw invalid(`${path}.get_attr: : The Referenced Attribute (${resource} ${attribute}) is incorrect.`);
}

/** Parameters of a nested template whose values nobody knows yet. */
function placeholders(names: Iterable<string>): ReadonlyMap<string, unknown> {
  const pseudo = ['OS::stack_name', 'OS::stack_id', 'OS::project_id'];
  return new Map([...names, ...pseudo].map((name) => [name, unresolved]));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
