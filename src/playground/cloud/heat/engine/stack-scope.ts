import type { World } from '../../world.ts';
import { isTrue } from '../functions/conditions.ts';
import { resolve } from '../functions/resolve.ts';
import { type Scope, unresolved } from '../functions/scope.ts';
import type { Engine } from '../resources/resource-type.ts';
import type { Stack } from '../state.ts';
import type { Template } from '../template/template.ts';

/** The parts of a stack that its template can be resolved with before it exists. */
export interface Known {
  template: Template;
  files: Readonly<Record<string, string>>;
  parameters: ReadonlyMap<string, unknown>;
}

/** What the template of a stack sees while the stack lives. */
export function stackScope(world: World, engine: Engine, stack: Stack): Scope {
  const known = (name: string): string => {
    if (stack.active.resources.has(name)) return name;
    throw new TypeError(`The specified reference "${name}" (in unknown) is incorrect.`);
  };
  return {
    ...knownScope(stack),
    reference: (name) => engine.reference(world, stack, known(name)),
    attribute: (name, attribute, path) => engine.attribute(world, stack, known(name), attribute, path),
  };
}

/** What a template sees before anything of its stack exists: references are not resolved yet. */
export function knownScope(known: Known): Scope {
  const scope: Scope = {
    parameter: (name) => {
      const value = known.parameters.get(name);
      if (value === undefined) throw new TypeError(`The Parameter (${name}) was not provided.`);
      return value;
    },
    reference: () => unresolved,
    attribute: () => unresolved,
    file: (name) => {
      const content = known.files[name];
      if (content === undefined)
        throw new TypeError(`No content found in the "files" section for get_file path: ${name}`);
      return content;
    },
    condition: (name) => {
      if (!Object.hasOwn(known.template.conditions, name)) throw new TypeError(`Invalid condition "${name}"`);
      return isTrue(known.template.conditions[name], scope, (part) => resolve(part, scope));
    },
  };
  return scope;
}
