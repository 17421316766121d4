import type { Scope } from './scope.ts';

/** A function of a template: either of its argument's value, or of the argument as it is written. */
export type HeatFunction =
  | { raw?: undefined; apply(argument: unknown, name: string): unknown }
  | { raw(argument: unknown, scope: Scope, resolve: (part: unknown) => unknown): unknown };

/** What a function throws at arguments that are not as they should be. */
export function wrongArgument(message: string): TypeError {
  return new TypeError(message);
}

/** Follows a path of keys and indexes into a value; null where it leads nowhere. */
export function follow(value: unknown, path: readonly unknown[]): unknown {
  let current = typeof value === 'string' && path.length > 0 ? parsed(value) : value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return null;
    current = (current as Record<string, unknown>)[String(step)] ?? null;
  }
  return current;
}

/** Some attributes are JSON in a text; a path leads into it all the same. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
