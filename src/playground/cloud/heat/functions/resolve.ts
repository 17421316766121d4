import { isMap } from '../../support/values.ts';
import { choiceFunctions } from './conditions.ts';
import type { HeatFunction } from './heat-function.ts';
import { listFunctions } from './lists.ts';
import { mapFunctions } from './maps.ts';
import { referenceFunctions } from './references.ts';
import { isUnresolved, type Scope, unresolved } from './scope.ts';
import { textFunctions } from './texts.ts';

const functions: Readonly<Record<string, HeatFunction>> = {
  ...referenceFunctions,
  ...textFunctions,
  ...listFunctions,
  ...mapFunctions,
  ...choiceFunctions,
};

/** A part of a template with all its functions carried out. A map with one key that is no function is just a map. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope));
  if (!isMap(value)) return value;
  const [name, ...others] = Object.keys(value);
  const call = name === undefined || others.length > 0 ? undefined : functions[name];
  if (call === undefined || name === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, scope)]));
  }
  return invoke(call, name, value[name], scope);
}

function invoke(call: HeatFunction, name: string, argument: unknown, scope: Scope): unknown {
  if (call.raw !== undefined) return call.raw(argument, scope, (part) => resolve(part, scope));
  const resolved = resolve(argument, scope);
  // What is built of something unknown is unknown.
  return isUnresolved(resolved) ? unresolved : call.apply(resolved, name);
}
