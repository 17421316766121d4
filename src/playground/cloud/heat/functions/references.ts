import { listOf } from '../../support/values.ts';
import { follow, type HeatFunction, wrongArgument } from './heat-function.ts';
import { isUnresolved, unresolved } from './scope.ts';

/** get_param, get_resource, get_attr, get_file: what a template takes from outside itself. */
export const referenceFunctions: Readonly<Record<string, HeatFunction>> = {
  get_param: {
    raw: (argument, scope, resolve) => {
      const [name, ...path] = listOrOne(resolve(argument));
      const value = scope.parameter(String(name));
      return isUnresolved([value, path]) && path.length > 0 ? unresolved : (follow(value, path) ?? '');
    },
  },
  get_resource: { raw: (argument, scope, resolve) => scope.reference(String(resolve(argument))) },
  get_attr: {
    raw: (argument, scope, resolve) => {
      const [resource, attribute, ...path] = listOf(resolve(argument));
      if (resource === undefined)
        throw wrongArgument('Arguments to "get_attr" must be of the form [resource_name, attribute, (path), ...]');
      if (isUnresolved([resource, attribute, path])) return unresolved;
      return scope.attribute(String(resource), String(attribute ?? 'show'), path);
    },
  },
  get_file: {
    raw: (argument, scope, resolve) => {
      const name = resolve(argument);
      if (typeof name !== 'string') throw wrongArgument('Argument to "get_file" must be a string');
      return scope.file(name);
    },
  },
};

function listOrOne(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
