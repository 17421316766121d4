import type { Caller } from '../../keystone/state.ts';
import type { World } from '../../world.ts';
import type { Resource, Stack } from '../state.ts';
import type { ResourceDefinition, Template } from '../template/template.ts';

/** What a property may be, and must be. */
export interface PropertySchema {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map' | 'any';
  required?: boolean;
  default?: unknown;
  /** True if a change of it leaves the resource in place. */
  updatable?: boolean;
  range?: { min?: number; max?: number };
  allowed?: readonly unknown[];
  /** The name of a custom constraint, such as neutron.network. */
  custom?: string;
  /** What each item of a list is. */
  item?: PropertySchema;
  /** True for a map that may be a list as well: Heat makes a text of the list, and measures that. */
  mayBeList?: boolean;
  length?: { min?: number; max?: number };
  /** What is in a map; any key without. */
  keys?: Readonly<Record<string, PropertySchema>>;
}

/** The properties of a type, by name. */
export type PropertySchemas = Readonly<Record<string, PropertySchema>>;

/** A resource where it stands, to be looked at. */
export interface ResourceLook {
  world: World;
  engine: Engine;
  stack: Stack;
  resource: Resource;
}

/** A resource that something is being done with. */
export interface ResourceWork extends ResourceLook {
  caller: Caller;
  /** Resolved, converted, with defaults. */
  properties: Record<string, unknown>;
  /** Fires when the work is to stop. */
  signal: AbortSignal;
}

/** What a resource type needs of the engine, for the stacks inside it and for others of its stack. */
export interface Engine {
  /** Creates a stack below a resource and waits for it. */
  createNested(work: ResourceWork, source: NestedSource): Promise<void>;
  /** Updates the stack below a resource and waits for it. */
  updateNested(work: ResourceWork, source: NestedSource): Promise<void>;
  /** Deletes the stack below a resource, if there is one, and waits for it. */
  deleteNested(work: ResourceWork): Promise<void>;
  nestedStack(look: ResourceLook): Stack | undefined;
  attribute(world: World, stack: Stack, resource: string, name: string, path?: readonly unknown[]): unknown;
  reference(world: World, stack: Stack, resource: string): unknown;
  output(world: World, stack: Stack, name: string): unknown;
}

/** What a stack below a resource is made of. */
export interface NestedSource {
  template: Template;
  parameters: Record<string, unknown>;
}

/** One type of resource: what may be said of it, and what is done when. */
export interface ResourceType {
  properties: PropertySchemas;
  attributes: readonly string[];
  /** True if it may have attributes beyond those. */
  openAttributes?: boolean;
  /** What kind of work it is to make one, for the pace. */
  pace?: 'resource' | 'network';
  /** Longest name that Heat makes up for it. */
  longestName?: number;
  /** Refuses what the schema cannot say; throws a message. */
  validate?(properties: Record<string, unknown>): void;
  /** Templates that are nested in it, for the validation of the whole. */
  nested?(properties: Record<string, unknown>, name: string): NestedCheck | undefined;
  /** The stack that it would have inside, for a preview. */
  inside?(properties: Record<string, unknown>): NestedSource;
  /** Resources of the same template that must come first although nothing refers to them. */
  implicit?(definition: ResourceDefinition, template: Template): string[];
  /** Makes it; sets `resource.physicalId`. */
  create(work: ResourceWork): void | Promise<void>;
  /** Changes it in place; without, every change is a replacement. */
  update?(work: ResourceWork, changed: readonly string[]): void | Promise<void>;
  /** True for a change that the author said is to be overlooked. */
  ignores?(name: string, properties: Record<string, unknown>): boolean;
  /** Takes it away; what is gone already is no error. */
  remove?(work: ResourceWork): void | Promise<void>;
  attribute?(look: ResourceLook, name: string): unknown;
  /** In its place for attributes that are made of what is asked of them: what the path leads to. */
  attributeAt?(look: ResourceLook, name: string, path: readonly unknown[]): unknown;
  /** The attribute `show`: all that the service says. */
  show?(look: ResourceLook): unknown;
  /** What get_resource gives; the physical id without. */
  reference?(look: ResourceLook): unknown;
}

/** A nested template, and where an error in it is said to be. */
export interface NestedCheck {
  template: Template;
  path: string;
}

/** A property by itself: shorthand for the tables of the types. */
export function property(type: PropertySchema['type'], more: Omit<PropertySchema, 'type'> = {}): PropertySchema {
  return { type, ...more };
}
