import type { Caller } from '../../keystone/state.ts';
import { isMap, numberOf, pythonJson } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { isUnresolved } from '../functions/scope.ts';
import type { PropertySchema, PropertySchemas } from '../resources/resource-type.ts';
import { customProblem } from '../template/constraints.ts';
import { toBoolean } from '../template/parameters.ts';

/** A property that is not as its schema wants it; `path` begins at the resource's properties. */
export class PropertyError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Checks what names stand for; without, only the form is checked. */
export interface Existing {
  world: World;
  caller: Caller;
}

/** Properties as their type wants them: converted, with defaults, and nothing unknown among them. */
export function typedProperties(
  schemas: PropertySchemas,
  given: Record<string, unknown>,
  path: string,
  existing?: Existing,
): Record<string, unknown> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(schemas, name));
  if (unknown !== undefined) throw new PropertyError(path, `Unknown Property ${unknown}`);
  const typed: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = given[name] ?? schema.default;
    if (value === undefined || value === null) {
      if (schema.required === true && !(name in given)) throw new PropertyError(path, `Property ${name} not assigned`);
      continue;
    }
    typed[name] = typedValue(schema, value, `${path}.${name}`, existing);
  }
  return typed;
}

function typedValue(schema: PropertySchema, value: unknown, path: string, existing: Existing | undefined): unknown {
  if (typeof value === 'symbol') return value;
  const typed = converters[schema.type](schema, value, path, existing);
  if (!isUnresolved(typed)) checkConstraints(schema, typed, path, existing);
  return typed;
}

type Converter = (schema: PropertySchema, value: unknown, path: string, existing: Existing | undefined) => unknown;

const converters: Readonly<Record<PropertySchema['type'], Converter>> = {
  any: (_, value) => value,
  string: (_, value, path) => {
    if (typeof value === 'object') throw new PropertyError(path, 'Value must be a string');
    return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
  },
  integer: (_, value, path) => number(value, path, true),
  number: (_, value, path) => number(value, path, false),
  boolean: (_, value, path) => {
    try {
      return toBoolean(value);
    } catch {
      throw new PropertyError(path, `"${value}" is not a valid boolean`);
    }
  },
  list: (schema, value, path, existing) => {
    const list = typeof value === 'string' ? value.split(',') : value;
    if (!Array.isArray(list)) throw new PropertyError(path, `"${quotedOnce(value)}" is not a list`);
    const { item } = schema;
    if (item === undefined) return list;
    return list.map((one, index) => (one === null ? one : typedValue(item, one, `${path}[${index}]`, existing)));
  },
  map: (schema, value, path, existing) => {
    if (schema.mayBeList === true && Array.isArray(value)) return pythonJson(value);
    const map = typeof value === 'string' ? parsed(value) : value;
    if (!isMap(map)) throw new PropertyError(path, `"${quotedOnce(value)}" is not a map`);
    return schema.keys === undefined ? map : typedProperties(schema.keys, map, path, existing);
  },
};

function number(value: unknown, path: string, whole: boolean): number {
  const found = numberOf(value);
  if (found === undefined) throw new PropertyError(path, `could not convert string to float: '${value}'`);
  if (whole && !Number.isInteger(found)) throw new PropertyError(path, `Value '${value}' is not an integer`);
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As Python shows a value: JSON with the other quotes, near enough. */
function quotedOnce(value: unknown): string {
  return typeof value === 'string' ? value : pythonJson(value).replaceAll('"', "'");
}

function checkConstraints(schema: PropertySchema, value: unknown, path: string, existing: Existing | undefined): void {
  const { allowed, custom } = schema;
  checkRange(schema, value, path);
  if (allowed !== undefined && !allowed.includes(value)) {
    throw new PropertyError(path, `"${value}" is not an allowed value ${pythonJson(allowed)}`);
  }
  if (existing === undefined) return;
  checkLength(schema, value, path);
  if (custom === undefined) return;
  const problem = customProblem(existing.world, existing.caller, custom, value);
  if (problem !== undefined) throw new PropertyError(path, problem);
}

function checkRange({ range }: PropertySchema, value: unknown, path: string): void {
  if (range === undefined) return;
  const { min, max } = range;
  const number = Number(value);
  if (number >= (min ?? Number.NEGATIVE_INFINITY) && number <= (max ?? Number.POSITIVE_INFINITY)) return;
  throw new PropertyError(path, `${value} is out of range (min: ${min ?? 'None'}, max: ${max ?? 'None'})`);
}

function checkLength({ length }: PropertySchema, value: unknown, path: string): void {
  if (length === undefined) return;
  const { min, max } = length;
  const found = isMap(value) ? Object.keys(value).length : String(value).length;
  if (found >= (min ?? 0) && found <= (max ?? Number.POSITIVE_INFINITY)) return;
  throw new PropertyError(path, `length (${found}) is out of range (min: ${min ?? 'None'}, max: ${max ?? 'None'})`);
}
