import { isMap } from '../../support/values.ts';
import type { Template } from '../template/template.ts';
import { groupAttribute, groupTemplate, memberAttributes } from './group-template.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Heat::ResourceGroup */
export const resourceGroup: ResourceType = {
  properties: {
    count: property('integer', { default: 1, updatable: true, range: { min: 0 } }),
    resource_def: property('map', {
      required: true,
      updatable: true,
      keys: { type: property('string', { required: true }), properties: property('map'), metadata: property('map') },
    }),
    index_var: property('string', { default: '%index%' }),
    removal_policies: property('list', { updatable: true, default: [] }),
    removal_policies_mode: property('string', { updatable: true, default: 'append' }),
  },
  attributes: ['refs', 'refs_map', 'attributes', 'removed_rsrc_list'],
  openAttributes: true, // any of the members' own, as a list
  nested: (properties, name) => ({
    template: template({ ...properties, count: 1 }),
    path: `resources.${name}<nested_stack>.`,
  }),
  inside: (properties) => ({ template: template(properties), parameters: {} }),
  create: (work) => work.engine.createNested(work, { template: template(work.properties), parameters: {} }),
  update: (work) => work.engine.updateNested(work, { template: template(work.properties), parameters: {} }),
  remove: (work) => work.engine.deleteNested(work),
  attributeAt(look, name, path) {
    const [attribute, ...rest] = path.map(String);
    switch (name) {
      case 'attributes':
        return attribute === undefined ? null : Object.fromEntries(memberAttributes(look, attribute, rest));
      case 'removed_rsrc_list':
        return [];
      default:
        return groupAttribute(look, name, path) ?? memberAttributes(look, name, path).map(([, value]) => value);
    }
  },
};

function template({ count, resource_def, index_var }: Record<string, unknown>): Template {
  const names = Array.from({ length: Number(count) }, (_, index) => String(index));
  return groupTemplate(names, (name) => numbered(resource_def, String(index_var), name));
}

/** The definition with the member's number wherever the author wants it. */
function numbered(value: unknown, variable: string, index: string): unknown {
  if (typeof value === 'string') return value.replaceAll(variable, index);
  if (Array.isArray(value)) return value.map((item) => numbered(item, variable, index));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbered(item, variable, index)]));
}
