/** What the functions of a template may ask the stack that it belongs to. */
export interface Scope {
  parameter(name: string): unknown;
  /** What get_resource gives: an id, as a rule. */
  reference(resource: string): unknown;
  /** The attribute, or what a path of keys and indexes leads to in it. */
  attribute(resource: string, name: string, path: readonly unknown[]): unknown;
  file(name: string): string;
  condition(name: string): boolean;
}

/** Stands for a value that is not known before the resource exists. */
export const unresolved = Symbol('unresolved');

/** True if a value is not known yet, or holds something that is not. */
export function isUnresolved(value: unknown): boolean {
  if (value === unresolved) return true;
  if (Array.isArray(value)) return value.some(isUnresolved);
  return typeof value === 'object' && value !== null && Object.values(value).some(isUnresolved);
}
