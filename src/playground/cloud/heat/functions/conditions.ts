import { isMap, listOf, sameJson } from '../../support/values.ts';
import { type HeatFunction, wrongArgument } from './heat-function.ts';
import type { Scope } from './scope.ts';

type Resolve = (part: unknown) => unknown;

/** `if`, the one of them that is for values. */
export const choiceFunctions: Readonly<Record<string, HeatFunction>> = {
  if: {
    raw: (argument, scope, resolve) => {
      const [condition, yes, no] = listOf(argument);
      return resolve(isTrue(condition, scope, resolve) ? yes : (no ?? null));
    },
  },
};

type Operator = (argument: unknown, scope: Scope, resolve: Resolve) => boolean;

/** Functions for conditions alone; anywhere else a map with such a key is just a map. */
const operators: Readonly<Record<string, Operator>> = {
  equals: (argument, _, resolve) => {
    const values = listOf(argument);
    if (values.length !== 2) throw wrongArgument('Arguments to "equals" must be of the form: [value_1, value_2]');
    const [one, other] = values.map(resolve);
    return sameJson(one, other);
  },
  not: (argument, scope, resolve) => !isTrue(argument, scope, resolve),
  and: (argument, scope, resolve) => listOf(argument).every((one) => isTrue(one, scope, resolve)),
  or: (argument, scope, resolve) => listOf(argument).some((one) => isTrue(one, scope, resolve)),
};

/** A condition by its name, or as it stands. */
export function isTrue(condition: unknown, scope: Scope, resolve: Resolve): boolean {
  if (typeof condition === 'boolean') return condition;
  if (typeof condition === 'string') return scope.condition(condition);
  const [name = ''] = isMap(condition) ? Object.keys(condition) : [];
  const operator = operators[name];
  if (isMap(condition) && operator !== undefined) return operator(condition[name], scope, resolve);
  return resolve(condition) === true;
}

/**
 * A part of a template with every `if` replaced by what it comes to. Heat does so before it looks for references, so
 * that what is not chosen is as if it had not been written.
 */
export function chosen(value: unknown, scope: Scope, resolve: Resolve): unknown {
  if (Array.isArray(value)) return value.map((item) => chosen(item, scope, resolve));
  if (!isMap(value)) return value;
  const keys = Object.keys(value);
  if (keys.length !== 1 || keys[0] !== 'if') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, chosen(item, scope, resolve)]));
  }
  const [condition, yes, no] = listOf(value.if);
  return chosen(isTrue(condition, scope, resolve) ? yes : (no ?? null), scope, resolve);
}
