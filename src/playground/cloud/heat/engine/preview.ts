import type { Caller } from '../../keystone/state.ts';
import { isMap } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { resolve } from '../functions/resolve.ts';
import type { NestedSource } from '../resources/resource-type.ts';
import { typeOf } from '../resources/types.ts';
import type { Stack, StackSource } from '../state.ts';
import type { ResourceDefinition } from '../template/template.ts';
import { activeTemplate } from './active-template.ts';
import { typedProperties } from './properties.ts';
import { type Fate, fateOf } from './resource-lifecycle.ts';
import { checkedParameters, engine } from './stack-lifecycle.ts';
import { type Known, knownScope } from './stack-scope.ts';

type View = Record<string, unknown>;

/** What a stack would be made of: a resource that consists of a stack as the list of what is in that one. */
export type PreviewTree = View | PreviewTree[];

/** The resources of a stack that does not exist. 400 for what is not right with it. */
export function previewResources(world: World, caller: Caller, name: string, source: StackSource): PreviewTree[] {
  const parameters = checkedParameters(world, caller, { id: 'None', name }, source);
  return level({ ...source, parameters }, name, undefined);
}

/** What an update would do to each of a stack's own resources. 400 if Heat would refuse it. */
export function previewChanges(world: World, stack: Stack, source: StackSource): Record<Fate | 'deleted', View[]> {
  const parameters = checkedParameters(world, stack.owner, stack, source);
  const changed: Stack = { ...stack, ...source, parameters, active: activeTemplate({ ...source, parameters }) };
  const changes: Record<Fate | 'deleted', View[]> = {
    unchanged: [],
    updated: [],
    replaced: [],
    added: [],
    deleted: [],
  };
  for (const definition of changed.active.resources.values()) {
    changes[fateOf({ world, engine, stack: changed }, definition)].push(view(definition, stack.name, undefined));
  }
  for (const resource of stack.resources.values()) {
    if (!changed.active.resources.has(resource.name)) changes.deleted.push(view(resource, stack.name, undefined));
  }
  return changes;
}

function level(known: Known, stackName: string, parent: string | undefined): PreviewTree[] {
  const active = { ...known, template: activeTemplate(known) };
  return [...active.template.resources.values()].map((definition) => {
    const type = typeOf(definition.type, known.files);
    const properties = typedProperties(type.properties, foreseen(active, definition), definition.name);
    const nested = type.inside?.(properties);
    if (nested === undefined) return { ...view(definition, stackName, parent), properties };
    return level(knownInside(nested, known.files), `${stackName}-${definition.name}`, definition.name);
  });
}

/** Properties as far as they can be told: what exists only later has its name, or nothing at all. */
function foreseen(known: Known, { properties }: ResourceDefinition): Record<string, unknown> {
  const scope = { ...knownScope(known), reference: (name: string) => name, attribute: () => null };
  const resolved = resolve(properties, scope);
  return isMap(resolved) ? resolved : {};
}

function knownInside({ template, parameters }: NestedSource, files: Known['files']): Known {
  const defaults = [...template.parameters.values()].map((one): [string, unknown] => [one.name, one.default ?? null]);
  const pseudo: [string, unknown][] = [
    ['OS::stack_name', 'None'],
    ['OS::stack_id', 'None'],
  ];
  return { template, files, parameters: new Map([...pseudo, ...defaults, ...Object.entries(parameters)]) };
}

function view({ name, type }: { name: string; type: string }, stackName: string, parent: string | undefined): View {
  return {
    resource_name: name,
    resource_type: type,
    resource_action: 'INIT',
    resource_status: 'COMPLETE',
    resource_status_reason: '',
    physical_resource_id: '',
    required_by: [],
    attributes: {},
    metadata: {},
    description: '',
    stack_name: stackName,
    ...(parent === undefined ? {} : { parent_resource: parent }),
  };
}
