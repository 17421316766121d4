import { mapOf } from '../../support/values.ts';
import { follow } from '../functions/heat-function.ts';
import { parseTemplate } from '../template/parse-template.ts';
import type { ParameterSchema, ParameterType } from '../template/template.ts';
import { attributeInside } from './group-template.ts';
import { type PropertySchema, property, type ResourceLook, type ResourceType } from './resource-type.ts';

const ownReference = 'OS::stack_id';

const propertyTypes: Readonly<Record<ParameterType, PropertySchema['type']>> = {
  string: 'string',
  number: 'number',
  json: 'map',
  comma_delimited_list: 'list',
  boolean: 'boolean',
};

/** A template among the files as a type of resource: its parameters are the properties, its outputs the attributes. */
export function nestedTemplate(name: string, source: string): ResourceType {
  const template = parseTemplate(source, name);
  const properties = [...template.parameters.values()].map((parameter): [string, PropertySchema] => [
    parameter.name,
    property(propertyTypes[parameter.type], {
      updatable: true,
      required: !parameter.hasDefault,
      ...(parameter.type === 'json' && { mayBeList: true, length: lengthOf(parameter) }),
    }),
  ]);
  return {
    properties: Object.fromEntries(properties),
    attributes: [...template.outputs.keys()],
    openAttributes: true, // resource.<name> leads to those inside
    nested: (_, resource) => ({ template, path: `resources.${resource}<${name}>.` }),
    inside: (properties) => ({ template, parameters: properties }),
    create: (work) => work.engine.createNested(work, { template, parameters: work.properties }),
    update: (work) => work.engine.updateNested(work, { template, parameters: work.properties }),
    remove: (work) => work.engine.deleteNested(work),
    attributeAt: (look, attribute, path) => {
      const stack = look.engine.nestedStack(look);
      if (stack === undefined) return null;
      const inner = /^resource\.(.+)$/.exec(attribute)?.[1];
      if (inner !== undefined) return attributeInside(look, stack, [...inner.split('.'), ...path]);
      return stack.active.outputs.has(attribute)
        ? follow(look.engine.output(look.world, stack, attribute), path)
        : null;
    },
    reference: nestedReference,
  };
}

/** The limits of a parameter hold for the property as well, before it is a parameter. */
function lengthOf({ constraints }: ParameterSchema): { min?: number; max?: number } {
  const { min, max } = mapOf(constraints.find(({ kind }) => kind === 'length')?.argument);
  return { ...(min !== undefined && { min: Number(min) }), ...(max !== undefined && { max: Number(max) }) };
}

/** A template may say by an output of this name what it wants to be taken for; otherwise it is the stack's address. */
function nestedReference(look: ResourceLook): unknown {
  const stack = look.engine.nestedStack(look);
  if (stack === undefined) return look.resource.physicalName;
  if (stack.active.outputs.has(ownReference)) return look.engine.output(look.world, stack, ownReference);
  return `arn:openstack:heat::${stack.owner.projectId}:stacks/${stack.name}/${stack.id}`;
}
